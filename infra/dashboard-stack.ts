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
import type { InboxAlarm, OnCall } from './alarms/inbox-alarm.ts'
import { addStoppedPublishingAlarm } from './alarms/publishing-alarms.ts'
import type { ApiStack } from './api-stack.ts'
import type { TableReference } from './data-stack.ts'
import type { EventsStack } from './events-stack.ts'
import type { InboxFunction } from './inbox-function.ts'
import { InboxStack, type InboxStackProps } from './inbox-stack.ts'

interface DashboardStackProps extends InboxStackProps {
  onCall: OnCall
  table: TableReference
  api: ApiStack
  events: EventsStack
  alarms: InboxAlarm[]
}

const period = Duration.minutes(1)
const sum = { statistic: 'Sum', period }

/**
 * The dashboard: the alarms, then a row each for callers, events and table, and one for provisioned
 * concurrency if there is any. The stack also has the alarm that needs metrics of the API and of publish-changes.
 * It is deployed last and holds no data: to remove a function or a queue, destroy this stack first.
 */
export class DashboardStack extends InboxStack {
  constructor(scope: Construct, id: string, props: DashboardStackProps) {
    super(scope, id, props)
    const { settings, table, api, events, alarms, onCall } = props
    const stoppedPublishing = addStoppedPublishingAlarm(this, {
      publishChanges: events.publishChanges.function,
      leaveChat: api.functions.get('leave-chat')!.function,
      onCall,
    })
    const { applyChatEvents, projectLargeRooms, publishChanges } = events
    const functions = [
      ...api.functions.values(),
      applyChatEvents,
      projectLargeRooms,
      publishChanges,
    ]
    // The regions of an account share one set of dashboard names.
    const dashboardName = `chat-inbox-${settings.stage}-${this.region}`
    const dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName,
      defaultInterval: Duration.hours(3),
    })
    dashboard.addWidgets(
      new AlarmStatusWidget({
        title: 'Alarms',
        alarms: [...alarms, stoppedPublishing].map(({ node, arnByName }) =>
          Alarm.fromAlarmArn(this, `shown-${node.id}`, arnByName),
        ),
        width: 24,
        height: 4,
      }),
    )
    dashboard.addWidgets(...createApiGraphs(api, functions))
    dashboard.addWidgets(...createEventGraphs(events))
    dashboard.addWidgets(...createTableGraphs(table, functions))
    const provisioned = functions.filter(({ isProvisioned }) => isProvisioned)
    if (provisioned.length > 0) dashboard.addWidgets(...createProvisionedGraphs(provisioned))
    new CfnOutput(this, 'DashboardUrl', {
      value: `https://${this.region}.console.aws.amazon.com/cloudwatch/home?region=${this.region}#dashboards/dashboard/${dashboardName}`,
    })
  }
}

const createApiGraphs = ({ api }: ApiStack, functions: InboxFunction[]): GraphWidget[] => [
  createGraph('Requests a minute', [
    api.metricCount({ statistic: 'SampleCount', period, label: 'requests' }),
    api.metricClientError({ ...sum, label: '4xx' }),
  ]),
  createGraph('Errors a minute', [
    api.metricServerError({ ...sum, label: '5xx' }),
    ...functions.map((fn) => fn.function.metricErrors({ ...sum, label: `${fn.node.id} crashed` })),
  ]),
  createGraph(
    'Latency, ms',
    ['p50', 'p90', 'p99'].map((statistic) => api.metricLatency({ statistic, period })),
    1000,
  ),
]

const createEventGraphs = ({
  queue,
  projections,
  publishChanges,
  deadLetterQueues,
}: EventsStack): GraphWidget[] => [
  createGraph(
    'Event lag, seconds',
    [
      queue.metricApproximateAgeOfOldestMessage({ period, label: 'oldest event' }),
      projections.metricApproximateAgeOfOldestMessage({ period, label: 'oldest large group' }),
    ],
    300,
  ),
  createGraph('Events a minute', [
    queue.metricNumberOfMessagesSent({ ...sum, label: 'came in' }),
    queue.metricNumberOfMessagesDeleted({ ...sum, label: 'applied' }),
    publishChanges.function.metricInvocations({ ...sum, label: 'batches of changes published' }),
  ]),
  createGraph(
    'Dead letters',
    deadLetterQueues.map((dead) =>
      dead.metricApproximateNumberOfMessagesVisible({ period, label: dead.node.id }),
    ),
  ),
]

const createTableGraphs = (
  { tableName }: TableReference,
  functions: InboxFunction[],
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
    createGraph('Consumed units a minute', [
      metric('ConsumedReadCapacityUnits', 'read'),
      metric('ConsumedWriteCapacityUnits', 'write'),
    ]),
    createGraph(
      'Table latency, ms',
      ['GetItem', 'Query', 'TransactWriteItems'].map((Operation) =>
        metric('SuccessfulRequestLatency', Operation, { Operation }).with({ statistic: 'Average' }),
      ),
    ),
    createGraph('Refused a minute', [
      metric('ReadThrottleEvents', 'reads'),
      metric('WriteThrottleEvents', 'writes'),
      ...functions.map((fn) => fn.function.metricThrottles({ ...sum, label: fn.node.id })),
    ]),
  ]
}

/** A use well below 1 means that fewer environments are enough. Calls beyond it mean that more are needed. */
const createProvisionedGraphs = (functions: InboxFunction[]): GraphWidget[] => {
  const metrics = (metricName: string, statistic: string) =>
    functions.map(({ alias, node }) =>
      alias.metric(metricName, { statistic, period, label: node.id }),
    )
  return [
    createGraph(
      'Use of provisioned concurrency',
      metrics('ProvisionedConcurrencyUtilization', 'Maximum'),
    ),
    createGraph(
      'Calls beyond provisioned concurrency a minute',
      metrics('ProvisionedConcurrencySpilloverInvocations', 'Sum'),
    ),
  ]
}

/** @param threshold of the alarm for the same metric */
const createGraph = (title: string, left: IMetric[], threshold?: number): GraphWidget => {
  const props: GraphWidgetProps = { title, left, leftYAxis: { min: 0, showUnits: false } }
  return new GraphWidget({
    ...props,
    width: 8,
    ...(threshold !== undefined && {
      leftAnnotations: [{ value: threshold, label: 'alarm' }],
    }),
  })
}
