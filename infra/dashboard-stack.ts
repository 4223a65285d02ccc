import { CfnOutput, Duration } from 'aws-cdk-lib'
import {
  Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type GraphWidgetProps,
  type IMetric,
  MathExpression,
  Metric,
} from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import { type AlarmRecipients, InboxAlarm } from './alarm.ts'
import type { ApiStack } from './api-stack.ts'
import type { TableReference } from './data-stack.ts'
import { type EventsStack, pipeMetric } from './events-stack.ts'
import { InboxStack, type InboxStackProps } from './inbox-stack.ts'

interface DashboardStackProps extends InboxStackProps, AlarmRecipients {
  table: TableReference
  api: ApiStack
  events: EventsStack
  alarms: InboxAlarm[]
}

const period = Duration.minutes(1)
const sum = { statistic: 'Sum', period }

/** Calls of leave-chat in an hour of which one at least makes somebody leave, if all is well. */
const manyLeaves = 20

/**
 * Whether all is well, in one look: the alarms, then callers, events and table, a row each; and the
 * alarm that watches the API and the events at once. It comes last and keeps nothing: if a function,
 * a queue or the pipe is to go, destroy this stack first.
 */
export class DashboardStack extends InboxStack {
  constructor(scope: Construct, id: string, props: DashboardStackProps) {
    super(scope, id, props)
    const { settings, table, api, events, alarms, alarmTopicArn } = props
    const shown = [...alarms, this.#pipeAlarm(api, events, alarmTopicArn)]
    // All regions of an account share their dashboards' names.
    const dashboardName = `chat-inbox-${settings.stage}-${this.region}`
    const dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName,
      defaultInterval: Duration.hours(3),
    })
    dashboard.addWidgets(
      new AlarmStatusWidget({
        title: 'Alarms',
        alarms: shown.map(({ node, arnByName }) =>
          Alarm.fromAlarmArn(this, `shown-${node.id}`, arnByName),
        ),
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

  /** A pipe that somebody has stopped, or EventBridge, reports no failures: what is missing tells. */
  #pipeAlarm(
    { functions }: ApiStack,
    { pipeName }: EventsStack,
    alarmTopicArn: string,
  ): InboxAlarm {
    const leaveChat = functions.find(({ node }) => node.id === 'leave-chat')!
    const hour = Duration.hours(1)
    return new InboxAlarm(this, {
      name: 'stopped-pipe',
      description: `leave-chat was called ${manyLeaves} times an hour for two hours, and the pipe that tells leaves on the bus did nothing: see that its CurrentState is RUNNING. Its StateReason says why it is not; mend that, then start the pipe. What it does not tell within 6 hours goes to UntoldLeaves.`,
      metric: new MathExpression({
        label: 'calls without a leave that was told',
        expression: 'IF(FILL(told, 0) == 0, FILL(calls, 0), 0)',
        usingMetrics: {
          calls: leaveChat.function.metricInvocations({ statistic: 'Sum' }),
          told: pipeMetric(pipeName, 'Invocations', hour),
        },
        period: hour,
      }),
      from: manyLeaves,
      // The pipe may tell the first leaves of a busy hour in the next one.
      times: 2,
      alarmTopicArn,
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
