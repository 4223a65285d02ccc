import { Duration } from 'aws-cdk-lib'
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import { failureThreshold, InboxAlarm, type OnCall } from './inbox-alarm.ts'

interface ApiAlarmsProps {
  onCall: OnCall
  api: HttpApi
}

/** Adds the alarms for what callers notice: failures and slow responses. */
export const addApiAlarms = (scope: Construct, props: ApiAlarmsProps): InboxAlarm[] => {
  const { api, onCall } = props
  // A share alone would raise the alarm for one failure at night, when there are few calls. A minimum of
  // calls would hide an API that always fails but is seldom called. So it takes a minimum of failures.
  const serverErrors = new InboxAlarm(scope, {
    name: 'server-errors',
    heading: 'server-errors',
    description: `At least 1 % of the responses in 5 minutes, and at least ${failureThreshold}, were 5xx. Callers get errors. Look for lines of level ERROR in the log groups of the functions: they have the causes. If table-throttles or table-errors is on too, DynamoDB is the cause. If a deployment has just ended, roll back.`,
    metric: new MathExpression({
      label: '5xx, %',
      expression: `IF(failed >= ${failureThreshold}, 100 * failed / responses, 0)`,
      usingMetrics: {
        failed: api.metricServerError({ statistic: 'Sum' }),
        responses: api.metricCount({ statistic: 'SampleCount' }),
      },
      period: Duration.minutes(5),
    }),
    threshold: 1,
    onCall,
  })
  // With few callers, p99 is the slowest response: a cold start of half a second, where a warm response
  // takes about 30 ms. Three minutes are less than the five minutes of a canary.
  const latency = new InboxAlarm(scope, {
    name: 'latency',
    heading: 'latency',
    description:
      'The slowest 1 % of the responses took a second or more in each of three consecutive minutes. Lists load slowly. Compare durationMs in the logs of the functions with the latency of the table on the dashboard. If a deployment has just ended, roll back.',
    metric: api.metricLatency({ statistic: 'p99', period: Duration.minutes(1) }),
    threshold: 1000,
    periods: 3,
    onCall,
  })
  return [serverErrors, latency]
}
