import { Duration } from 'aws-cdk-lib'
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { InboxAlarm, type OnCall } from './inbox-alarm.ts'
import { addDeadLetterAlarm } from './queue-alarms.ts'

interface PublishingAlarmsProps {
  onCall: OnCall
  /** The function that publishes changes. */
  publishChanges: IFunction
  /** The queue for the places in the stream of what it could not publish. */
  unpublishedChanges: IQueue
}

/** Adds the alarms for changes that are published late or not at all. */
export const addPublishingAlarms = (
  scope: Construct,
  { publishChanges, unpublishedChanges, onCall }: PublishingAlarmsProps,
): InboxAlarm[] => [
  addDeadLetterAlarm(scope, {
    name: 'unpublished-changes',
    heading: 'unpublished-changes',
    description:
      'publish-changes could not publish leaves through the API, or changes of lists, for 6 hours. The chat backend does not know of these leaves. UnpublishedChanges has only places in the stream of the table, which keeps the changes for 18 more hours. The log of publish-changes has the reason. Fix it, then publish the leaves by hand. After the first deployment with publish-changes, the alarm goes off for leaves that an older version has published: purge the queue.',
    queue: unpublishedChanges,
    onCall,
  }),
  new InboxAlarm(scope, {
    name: 'publishing-lag',
    heading: 'publishing-lag',
    description:
      'For 3 minutes, what publish-changes receives has been at least 2 minutes old: leaves through the API reach the bus late, or not yet. Lambda tries for 6 hours, then sends their places in the stream to UnpublishedChanges. The log of publish-changes has the reason. After the first deployment with publish-changes, the alarm may be on for some minutes.',
    // A batch that fails is delivered again at once, and each delivery reports its age.
    metric: publishChanges.metric('IteratorAge', {
      statistic: 'Maximum',
      period: Duration.minutes(1),
    }),
    threshold: Duration.minutes(2).toMilliseconds(),
    periods: 3,
    onCall,
  }),
]

interface StoppedPublishingAlarmProps {
  onCall: OnCall
  publishChanges: IFunction
  /** The function that makes participants leave. */
  leaveChat: IFunction
}

/** If the system is healthy, this number of leave-chat calls in an hour includes at least one leave. */
const callsWithLeave = 20

/**
 * Adds the alarm for publish-changes if it is not called, because somebody disabled its event source mapping. It then
 * reports nothing, so the alarm compares it with the calls of leave-chat.
 */
export const addStoppedPublishingAlarm = (
  scope: Construct,
  { publishChanges, leaveChat, onCall }: StoppedPublishingAlarmProps,
): InboxAlarm =>
  new InboxAlarm(scope, {
    name: 'stopped-publishing',
    heading: 'stopped-publishing',
    description: `leave-chat was called ${callsWithLeave} times an hour for two hours, but publish-changes was not called. The chat backend may not know of some leaves. Check that the State of its event source mapping is Enabled. If it is not, enable it: the stream keeps leaves for 24 hours, but publish-changes sends those that are older than 6 hours to UnpublishedChanges.`,
    metric: new MathExpression({
      label: 'calls without a published leave',
      expression: 'IF(FILL(published, 0) == 0, FILL(calls, 0), 0)',
      usingMetrics: {
        calls: leaveChat.metricInvocations({ statistic: 'Sum' }),
        published: publishChanges.metricInvocations({ statistic: 'Sum' }),
      },
      period: Duration.hours(1),
    }),
    threshold: callsWithLeave,
    // The first leaves of a busy hour may be published in the next hour.
    periods: 2,
    onCall,
  })
