import { Duration } from 'aws-cdk-lib'
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import { failureThreshold, InboxAlarm, type OnCall } from './inbox-alarm.ts'

interface TableAlarmsProps {
  onCall: OnCall
  tableName: string
}

/** The operations that the functions and the import call. */
const operations = [
  'BatchExecuteStatement',
  'BatchGetItem',
  'GetItem',
  'PutItem',
  'Query',
  'TransactWriteItems',
  'UpdateItem',
]

/** Adds the alarms for calls that DynamoDB fails or throttles. */
export const addTableAlarms = (scope: Construct, props: TableAlarmsProps): InboxAlarm[] => {
  const { tableName, onCall } = props
  const metric = (metricName: string, dimensions: Record<string, string> = {}) =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: { TableName: tableName, ...dimensions },
      statistic: 'Sum',
    })
  const errors = new InboxAlarm(scope, {
    name: 'table-errors',
    heading: 'table-errors',
    description: `DynamoDB failed ${failureThreshold} calls in 5 minutes with a system error. Calls were retried: requests that failed again got 503, and events that failed again are delivered again. Look at the AWS Health Dashboard.`,
    metric: sumOf(
      'system errors',
      operations.map((Operation) => metric('SystemErrors', { Operation })),
    ),
    threshold: failureThreshold,
    onCall,
  })
  // An on-demand table throttles once when its traffic doubles suddenly, and retries make up for that.
  const throttles = new InboxAlarm(scope, {
    name: 'table-throttles',
    heading: 'table-throttles',
    description:
      'DynamoDB has throttled calls for a quarter of an hour. An import, a rebuild, a restore or an erasure causes this and slows down by itself. Otherwise, one room or one user has more traffic than a partition can serve: enable Contributor Insights for the table to see the keys.',
    metric: sumOf('throttled', [metric('ReadThrottleEvents'), metric('WriteThrottleEvents')]),
    threshold: failureThreshold,
    periods: 3,
    onCall,
  })
  return [errors, throttles]
}

/** Adds metrics up. DynamoDB reports a metric only when it is not 0, so missing data counts as 0. */
const sumOf = (label: string, metrics: Metric[]): MathExpression =>
  new MathExpression({
    label,
    expression: 'SUM(FILL(METRICS(), 0))',
    usingMetrics: Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric])),
    period: Duration.minutes(5),
  })
