import { Duration } from 'aws-cdk-lib'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import { failureThreshold, InboxAlarm, type OnCall } from './inbox-alarm.ts'

interface FunctionAlarmsProps {
  onCall: OnCall
  name: string
  /** The function as a whole, whichever version is called. */
  function: IFunction
  /** The alias that receives the calls. */
  alias: IFunction
}

interface LongRunsAlarmProps extends Omit<FunctionAlarmsProps, 'alias'> {
  /** Of the function. */
  timeLimit: Duration
}

interface FunctionAlarms {
  errors: InboxAlarm
  throttles: InboxAlarm
}

/** Adds the alarms that each function has. */
export const addFunctionAlarms = (scope: Construct, props: FunctionAlarmsProps): FunctionAlarms => {
  const { name, alias, onCall } = props
  const period = Duration.minutes(5)
  const errors = new InboxAlarm(scope, {
    name: `${name}-errors`,
    heading: 'FUNCTION-errors',
    description: `${name} failed or timed out ${failureThreshold} times in 5 minutes. Its log group has the errors. If a deployment has just ended, roll back.`,
    metric: alias.metricErrors({ period }),
    threshold: failureThreshold,
    onCall,
  })
  const throttles = new InboxAlarm(scope, {
    name: `${name}-throttles`,
    heading: 'FUNCTION-throttles',
    description: `Lambda throttled ${name} ${failureThreshold} times in 5 minutes: the function, or the account, has reached its concurrency limit. Raise the concurrency that the stage reserves for it, or the quota of the account.`,
    metric: props.function.metricThrottles({ period }),
    threshold: failureThreshold,
    onCall,
  })
  return { errors, throttles }
}

/**
 * Adds the alarm for a function whose runs use up their time: what a run does not reach in time fails, and is
 * delivered again.
 */
export const addLongRunsAlarm = (
  scope: Construct,
  { name, function: fn, timeLimit, onCall }: LongRunsAlarmProps,
): InboxAlarm =>
  new InboxAlarm(scope, {
    name: `${name}-long-runs`,
    heading: 'FUNCTION-long-runs',
    description: `Runs of ${name} took almost ${timeLimit.toSeconds()} seconds, their time limit, in each of three consecutive 5-minute periods. What a run does not finish is delivered again, and in the end a dead-letter queue has it, or its place in the stream. If the table throttles, it needs more capacity; otherwise look at the log.`,
    metric: fn.metricDuration({ statistic: 'Maximum', period: Duration.minutes(5) }),
    threshold: timeLimit.minus(Duration.seconds(5)).toMilliseconds(),
    periods: 3,
    onCall,
  })
