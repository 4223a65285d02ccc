import { CfnOutput, Duration } from 'aws-cdk-lib'
import {
  Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type GraphWidgetProps,
  type IMetric,
  Metric,
} from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import type { InboxAlarm } from './alarm.ts'
import type { ApiStack } from './api-stack.ts'
import type { TableReference } from './data-stack.ts'
import type { EventsStack } from './events-stack.ts'
import { InboxStack, type InboxStackProps } from './inbox-stack.ts'

interface DashboardStackProps extends InboxStackProps {
  table: TableReference
  api: ApiStack
  events: EventsStack
  alarms: InboxAlarm[]
}

const period = Duration.minutes(1)
const sum = { statistic: 'Sum', period }

/**
 * Whether all is well, in one look: the alarms, then callers, events and table, a row each. It comes
 * last and keeps nothing: if a function or a queue that it shows is to go, destroy this stack first.
 */
export class DashboardStack extends InboxStack {
  constructor(scope: Construct, id: string, props: DashboardStackProps) {
    super(scope, id, props)
    const { settings, table, api, events, alarms } = props
    // All regions of an account share their dashboards' names.
    const dashboardName = `chat-inbox-${settings.stage}-${this.region}`
    const dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName,
      defaultInterval: Duration.hours(3),
    })
    dashboard.addWidgets(
      new AlarmStatusWidget({
        title: 'Alarms',
        alarms: alarms.map(({ node, arnByName }) => Alarm.fromAlarmArn(this, node.id, arnByName)),
        width: 24,
        height: 4,
      }),
    )
    dashboard.addWidgets(...callers(api, events))
    dashboard.addWidgets(...queued(events))
    dashboard.addWidgets(...stored(table, api, events))
    new CfnOutput(this, 'DashboardUrl', {
      value: `https://${this.region}.console.aws.amazon.com/cloudwatch/home?region=${this.region}#dashboards/dashboard/${dashboardName}`,
    })
  }
}

const callers = ({ api, functions }: ApiStack, { applyChatEvents }: EventsStack): GraphWidget[] => [
  graph('Requests a minute', [
    api.metricCount({ statistic: 'SampleCount', period, label: 'requests' }),
    api.metricClientError({ ...sum, label: '4xx' }),
  ]),
  graph('Errors a minute', [
    api.metricServerError({ ...sum, label: '5xx' }),
    ...[...functions, applyChatEvents].map((fn) =>
      fn.function.metricErrors({ ...sum, label: `${fn.node.id} crashed` }),
    ),
  ]),
  graph(
    'Latency, ms',
    ['p50', 'p90', 'p99'].map((statistic) => api.metricLatency({ statistic, period })),
    1000,
  ),
]

const queued = ({ queue, deadLetterQueues }: EventsStack): GraphWidget[] => [
  graph(
    'Event lag, seconds',
    [queue.metricApproximateAgeOfOldestMessage({ period, label: 'oldest event' })],
    300,
  ),
  graph('Events a minute', [
    queue.metricNumberOfMessagesSent({ ...sum, label: 'came in' }),
    queue.metricNumberOfMessagesDeleted({ ...sum, label: 'applied' }),
  ]),
  graph(
    'Dead letters',
    deadLetterQueues.map((dead) =>
      dead.metricApproximateNumberOfMessagesVisible({ period, label: dead.node.id }),
    ),
  ),
]

const stored = (
  { tableName }: TableReference,
  { functions }: ApiStack,
  { applyChatEvents }: EventsStack,
): GraphWidget[] => {
  const metric = (metricName: string, label: string, dimensions: Record<string, string> = {}) =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: { TableName: tableName, ...dimensions },
      label,
      ...sum,
    })
  return [
    graph('Consumed units a minute', [
      metric('ConsumedReadCapacityUnits', 'read'),
      metric('ConsumedWriteCapacityUnits', 'write'),
    ]),
    graph(
      'Table latency, ms',
      ['GetItem', 'Query', 'TransactWriteItems'].map((Operation) =>
        metric('SuccessfulRequestLatency', Operation, { Operation }).with({ statistic: 'Average' }),
      ),
    ),
    graph('Refused a minute', [
      metric('ReadThrottleEvents', 'reads'),
      metric('WriteThrottleEvents', 'writes'),
      ...[...functions, applyChatEvents].map((fn) =>
        fn.function.metricThrottles({ ...sum, label: fn.node.id }),
      ),
    ]),
  ]
}

/** @param alarmFrom where its alarm goes off */
const graph = (title: string, left: IMetric[], alarmFrom?: number): GraphWidget => {
  const props: GraphWidgetProps = { title, left, leftYAxis: { min: 0, showUnits: false } }
  return new GraphWidget({
    ...props,
    width: 8,
    ...(alarmFrom !== undefined && {
      leftAnnotations: [{ value: alarmFrom, label: 'alarm' }],
    }),
  })
}
