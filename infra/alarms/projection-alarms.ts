import { Duration } from 'aws-cdk-lib'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { failureThreshold, InboxAlarm, type OnCall } from './inbox-alarm.ts'
import { addDeadLetterAlarm, addFailureRateAlarm } from './queue-alarms.ts'

interface ProjectionAlarmsProps {
  onCall: OnCall
  /** The queue of requested projections, with its dead-letter queue. */
  queue: Queue
}

interface ProjectionAlarms {
  /** Also shows that a new version does not project what it should. */
  failingProjections: InboxAlarm
  alarms: InboxAlarm[]
}

/** Adds the alarms for large groups: that their rows fail or wait. */
export const addProjectionAlarms = (
  scope: Construct,
  { queue, onCall }: ProjectionAlarmsProps,
): ProjectionAlarms => {
  const { queue: failedQueue, maxReceiveCount } = queue.deadLetterQueue!
  const failedProjections = addDeadLetterAlarm(scope, {
    name: 'failed-projections',
    heading: 'failed-projections',
    description: `Projections of large groups failed ${maxReceiveCount} times. Their messages are in the queue FailedProjections, and the rows of these groups stay as they were until the next comment. The log of project-large-rooms has the reason for each, by room id. Fix the cause, then redrive the queue.`,
    queue: failedQueue,
    onCall,
  })
  const failingProjections = addFailureRateAlarm(scope, {
    name: 'failing-projections',
    heading: 'failing-projections',
    description: `At least 5 % of the requested projections of large groups, and at least ${failureThreshold} a minute, failed in three of five consecutive minutes. Each is tried ${maxReceiveCount} times, every 2 minutes, and then moved to FailedProjections. The log of project-large-rooms has the reasons. If a deployment has just ended, roll back.`,
    queue,
    // While a message waits for its next try, so do the others of its group.
    periods: 5,
    datapoints: 3,
    onCall,
  })
  const projectionLag = new InboxAlarm(scope, {
    name: 'projection-lag',
    heading: 'projection-lag',
    description:
      'The rows of large groups have been 5 minutes behind the chat for 20 minutes. Look at the log of project-large-rooms first: a failed room has a line with its reason. If the table throttles, fewer runs at once help. Otherwise, wait if the chat backend is sending a backlog.',
    metric: queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1) }),
    threshold: Duration.minutes(5).toSeconds(),
    // A FIFO queue also counts a message that keeps failing. It is gone after 20 minutes, with failed-projections.
    periods: 20,
    onCall,
  })
  return { failingProjections, alarms: [failedProjections, failingProjections, projectionLag] }
}
