import { Duration } from 'aws-cdk-lib'
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { InboxAlarm, type OnCall } from './inbox-alarm.ts'
import { addDeadLetterAlarm } from './queue-alarms.ts'

interface PipeAlarmsProps {
  onCall: OnCall
  /** The pipe that publishes leaves. */
  pipeName: string
  /** The dead-letter queue of the pipe. */
  unpublishedLeaves: IQueue
}

/** Adds the alarms for leaves that the pipe does not publish. */
export const addPipeAlarms = (scope: Construct, props: PipeAlarmsProps): InboxAlarm[] => {
  const { pipeName, unpublishedLeaves, onCall } = props
  const fiveMinutes = Duration.minutes(5)
  const unpublished = addDeadLetterAlarm(scope, {
    name: 'unpublished-leaves',
    heading: 'unpublished-leaves',
    description:
      'The pipe could not publish leaves through the API on the bus for 6 hours. The chat backend does not know of them. UnpublishedLeaves has only their positions in the stream of the table. Fix the pipe, then publish the leaves by hand.',
    queue: unpublishedLeaves,
    onCall,
  })
  // EventBridge may disable a pipe that keeps failing, and sends no event about it. The pipe then reports
  // nothing, which must not end the alarm:
  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-error-troubleshooting.html
  // https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-pipes.html
  const failing = new InboxAlarm(scope, {
    name: 'failing-leaves',
    heading: 'failing-leaves',
    description:
      'The pipe has failed to publish leaves on the bus for 10 minutes. It tries for 6 hours, then sends their positions in the stream to UnpublishedLeaves. EventBridge may disable a pipe that keeps failing, and then this alarm can end although leaves are still not published. Check that the CurrentState of the pipe is RUNNING. Its StateReason says what failed: fix the role of the pipe or the bus, then start the pipe.',
    metric: new MathExpression({
      label: 'failed runs',
      // A run fails in part if the bus refuses some of its leaves.
      expression: 'failed + partly_failed',
      usingMetrics: {
        failed: pipeMetric(pipeName, 'ExecutionFailed', fiveMinutes),
        partly_failed: pipeMetric(pipeName, 'ExecutionPartiallyFailed', fiveMinutes),
      },
      period: fiveMinutes,
    }),
    threshold: 1,
    periods: 2,
    isKeptWithoutData: true,
    onCall,
  })
  return [unpublished, failing]
}

interface StoppedPipeAlarmProps {
  onCall: OnCall
  pipeName: string
  /** The function that makes participants leave. */
  leaveChat: IFunction
}

/** If the system is healthy, this number of leave-chat calls in an hour includes at least one leave. */
const callsWithLeave = 20

/**
 * Adds the alarm for a pipe that is not running, because somebody or EventBridge stopped it. Such a pipe
 * reports no failures, so the alarm compares its work with the calls of leave-chat.
 */
export const addStoppedPipeAlarm = (scope: Construct, props: StoppedPipeAlarmProps): InboxAlarm => {
  const { pipeName, leaveChat, onCall } = props
  const hour = Duration.hours(1)
  return new InboxAlarm(scope, {
    name: 'stopped-pipe',
    heading: 'stopped-pipe',
    description: `leave-chat was called ${callsWithLeave} times an hour for two hours, but the pipe published no leaves. The chat backend may not know of some leaves. Check that the CurrentState of the pipe is RUNNING. If it is not, fix what its StateReason says, then start the pipe. Leaves that it does not publish within 6 hours go to UnpublishedLeaves.`,
    metric: new MathExpression({
      label: 'calls without a published leave',
      expression: 'IF(FILL(published, 0) == 0, FILL(calls, 0), 0)',
      usingMetrics: {
        calls: leaveChat.metricInvocations({ statistic: 'Sum' }),
        published: pipeMetric(pipeName, 'Invocations', hour),
      },
      period: hour,
    }),
    threshold: callsWithLeave,
    // The pipe may publish the first leaves of a busy hour in the next hour.
    periods: 2,
    onCall,
  })
}

/**
 * @param metricName one of https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-monitoring.html
 */
const pipeMetric = (pipeName: string, metricName: string, period: Duration): Metric =>
  new Metric({
    namespace: 'AWS/EventBridge/Pipes',
    metricName,
    dimensionsMap: { PipeName: pipeName },
    statistic: 'Sum',
    period,
  })
