import { Duration } from 'aws-cdk-lib'
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import type { IQueue, Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { failureThreshold, InboxAlarm, type InboxAlarmProps, type OnCall } from './inbox-alarm.ts'

interface QueueAlarmsProps {
  onCall: OnCall
  /** The queue of events, with its dead-letter queue. */
  queue: Queue
  /** The dead-letter queue of the rule that fills the queue. */
  undeliveredEvents: Queue
}

interface QueueAlarms {
  /** Also shows that a new version does not apply what it should. */
  failingEvents: InboxAlarm
  alarms: InboxAlarm[]
}

/** Adds the alarms for events that come in: that they get lost, fail or wait. */
export const addQueueAlarms = (scope: Construct, props: QueueAlarmsProps): QueueAlarms => {
  const { queue, undeliveredEvents, onCall } = props
  const { queue: failedQueue, maxReceiveCount } = queue.deadLetterQueue!
  const failedEvents = addDeadLetterAlarm(scope, {
    name: 'failed-events',
    heading: 'failed-events',
    description: `Events failed ${maxReceiveCount} times. They are in the queue FailedEvents and are not applied. The log of apply-chat-events has the reason for each, by message id. Fix the cause, then redrive the queue.`,
    queue: failedQueue,
    onCall,
  })
  const undelivered = addDeadLetterAlarm(scope, {
    name: 'undelivered-events',
    heading: 'undelivered-events',
    description:
      'EventBridge could not send events from the bus to the queue. They are in UndeliveredEvents and are not applied. The attributes of each message have the reason. Fix the rule or the policy of the queue, then send the body of each message to the queue by hand: SQS cannot redrive messages that come from a rule.',
    queue: undeliveredEvents,
    onCall,
  })
  const failingEvents = addFailureRateAlarm(scope, {
    name: 'failing-events',
    heading: 'failing-events',
    description: `At least 5 % of the events, and at least ${failureThreshold} a minute, failed in each of three consecutive minutes. Each is tried ${maxReceiveCount} times, every 2 minutes, and then moved to FailedEvents. The log of apply-chat-events has the reasons. If a deployment has just ended, roll back.`,
    queue,
    onCall,
  })
  // SQS does not count a message that was received more than three times. One that fails is 4 to 6 minutes
  // old by then. Failing-events and failed-events report it.
  const eventLag = new InboxAlarm(scope, {
    name: 'event-lag',
    heading: 'event-lag',
    description:
      'Listings have been 5 minutes behind the chat for a quarter of an hour. If apply-chat-events fails or is throttled, another alarm is on too: start there. Otherwise, events arrive faster than the function applies them: raise eventConcurrency, or wait if the chat backend is sending a backlog.',
    metric: queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1) }),
    threshold: Duration.minutes(5).toSeconds(),
    periods: 15,
    onCall,
  })
  return { failingEvents, alarms: [failedEvents, undelivered, failingEvents, eventLag] }
}

interface QueueAlarmProps extends Pick<
  InboxAlarmProps,
  'onCall' | 'name' | 'heading' | 'description'
> {
  queue: IQueue
}

/** Adds an alarm that the first message in a dead-letter queue raises. */
export const addDeadLetterAlarm = (
  scope: Construct,
  { queue, ...alarm }: QueueAlarmProps,
): InboxAlarm =>
  new InboxAlarm(scope, {
    ...alarm,
    metric: queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
    threshold: 1,
  })

/**
 * Adds an alarm for messages that fail. The function reports them, which does not count as an error of the function.
 * A message can be received in one minute and deleted in the next, so one minute of failures proves nothing.
 */
export const addFailureRateAlarm = (
  scope: Construct,
  { queue, ...alarm }: QueueAlarmProps & Pick<InboxAlarmProps, 'periods' | 'datapoints'>,
): InboxAlarm =>
  new InboxAlarm(scope, {
    periods: 3,
    ...alarm,
    metric: new MathExpression({
      label: 'failed, %',
      expression: `IF(received - done >= ${failureThreshold}, 100 * (received - done) / received, 0)`,
      usingMetrics: {
        received: queue.metricNumberOfMessagesReceived({ statistic: 'Sum' }),
        done: queue.metricNumberOfMessagesDeleted({ statistic: 'Sum' }),
      },
      period: Duration.minutes(1),
    }),
    threshold: 5,
  })
