import { expect, test } from '@jest/globals'
import { Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { readSettings } from '../../infra/settings.ts'
import { addStacks } from '../../infra/stacks.ts'
import { createApp } from './create-app.ts'

/** Metrics as the documentation of their service describes them. */
interface Documented {
  /** The page of AWS that has the names, the dimensions and the meaning. */
  page: string
  namespace: string
  /** The dimensions that a metric must have, and what each refers to. */
  dimensions: Record<string, string>
  metrics: { name: string; statistics: string[]; meaning: string }[]
}

const fn = 'AWS::Lambda::Function'
const table = 'AWS::DynamoDB::GlobalTable'
const docs = 'https://docs.aws.amazon.com'
const lambdaPage = `${docs}/lambda/latest/dg/monitoring-metrics-types.html`
const dynamoDbPage = `${docs}/amazondynamodb/latest/developerguide/metrics-dimensions.html`

/** With a name or a dimension that does not exist, an alarm never goes off, and a graph is empty. */
const documented: Documented[] = [
  {
    page: `${docs}/apigateway/latest/developerguide/http-api-metrics.html`,
    namespace: 'AWS/ApiGateway',
    dimensions: { ApiId: 'AWS::ApiGatewayV2::Api' },
    metrics: [
      { name: 'Count', statistics: ['SampleCount'], meaning: 'requests' },
      { name: '4xx', statistics: ['Sum'], meaning: 'responses with a status of 400 to 499' },
      { name: '5xx', statistics: ['Sum'], meaning: 'responses with a status of 500 to 599' },
      {
        name: 'Latency',
        statistics: ['p50', 'p90', 'p99'],
        meaning: 'milliseconds from a request to its response, with those of the function',
      },
    ],
  },
  {
    page: lambdaPage,
    namespace: 'AWS/Lambda',
    dimensions: { FunctionName: fn },
    metrics: [
      {
        name: 'Invocations',
        statistics: ['Sum'],
        meaning: 'calls that ran, also those that failed',
      },
      { name: 'Errors', statistics: ['Sum'], meaning: 'calls that crashed or timed out' },
      { name: 'Throttles', statistics: ['Sum'], meaning: 'calls that found no concurrency' },
      { name: 'Duration', statistics: ['Maximum'], meaning: 'milliseconds of a call' },
      {
        name: 'IteratorAge',
        statistics: ['Maximum'],
        meaning: 'milliseconds between the write of the last record of a batch and its delivery',
      },
    ],
  },
  {
    page: lambdaPage,
    namespace: 'AWS/Lambda',
    // Calls through an alias: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html
    dimensions: { FunctionName: fn, Resource: `${fn}:live` },
    metrics: [{ name: 'Errors', statistics: ['Sum'], meaning: 'calls that crashed or timed out' }],
  },
  {
    page: `${docs}/lambda/latest/dg/monitoring-concurrency.html`,
    namespace: 'AWS/Lambda',
    dimensions: { FunctionName: fn, Resource: `${fn}:live` },
    metrics: [
      {
        name: 'ProvisionedConcurrencyUtilization',
        statistics: ['Maximum'],
        meaning: 'the part of the provisioned environments that is in use, from 0 to 1',
      },
      {
        name: 'ProvisionedConcurrencySpilloverInvocations',
        statistics: ['Sum'],
        meaning: 'calls that found all provisioned environments in use',
      },
    ],
  },
  {
    page: `${docs}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html`,
    namespace: 'AWS/SQS',
    dimensions: { QueueName: 'AWS::SQS::Queue QueueName' },
    metrics: [
      { name: 'NumberOfMessagesSent', statistics: ['Sum'], meaning: 'messages added' },
      {
        name: 'NumberOfMessagesReceived',
        statistics: ['Sum'],
        meaning: 'messages handed out; a message counts each time',
      },
      { name: 'NumberOfMessagesDeleted', statistics: ['Sum'], meaning: 'messages deleted' },
      {
        name: 'ApproximateAgeOfOldestMessage',
        statistics: ['Maximum'],
        meaning: 'seconds, without messages that were received more than three times',
      },
      {
        name: 'ApproximateNumberOfMessagesVisible',
        statistics: ['Maximum'],
        meaning: 'messages that can be received',
      },
    ],
  },
  {
    page: dynamoDbPage,
    namespace: 'AWS/DynamoDB',
    dimensions: { TableName: table },
    metrics: [
      { name: 'ConsumedReadCapacityUnits', statistics: ['Sum'], meaning: 'read units' },
      { name: 'ConsumedWriteCapacityUnits', statistics: ['Sum'], meaning: 'write units' },
      { name: 'ReadThrottleEvents', statistics: ['Sum'], meaning: 'reads refused for capacity' },
      { name: 'WriteThrottleEvents', statistics: ['Sum'], meaning: 'writes refused for capacity' },
    ],
  },
  ...[
    'BatchExecuteStatement',
    'BatchGetItem',
    'GetItem',
    'PutItem',
    'Query',
    'TransactWriteItems',
    'UpdateItem',
  ].map((operation): Documented => ({
    page: dynamoDbPage,
    namespace: 'AWS/DynamoDB',
    dimensions: { Operation: operation, TableName: table },
    metrics: [{ name: 'SystemErrors', statistics: ['Sum'], meaning: 'requests that got HTTP 500' }],
  })),
  ...['GetItem', 'Query', 'TransactWriteItems'].map((operation): Documented => ({
    page: dynamoDbPage,
    namespace: 'AWS/DynamoDB',
    dimensions: { Operation: operation, TableName: table },
    metrics: [
      {
        name: 'SuccessfulRequestLatency',
        statistics: ['Average'],
        meaning: 'milliseconds of a successful request, without the network',
      },
    ],
  })),
]

const format = (
  namespace: string,
  name: string,
  dimensions: Record<string, string>,
  statistic: string,
): string => {
  const sorted = Object.entries(dimensions).sort(([a], [b]) => a.localeCompare(b))
  return `${namespace} ${name} {${sorted.map((pair) => pair.join('=')).join(', ')}} ${statistic}`
}

const app = createApp()
addStacks(app, readSettings({ stage: 'prod', provisionedConcurrency: '2' }))
const templates: any[] = app.node.children
  .filter((child) => child instanceof Stack)
  .map((stack) => Template.fromStack(stack).toJSON())

/** Names the type of resource, and the attribute, to which a value refers. */
const nameTarget = (template: any, value: any): string => {
  if (typeof value === 'string') return value
  const typeOf = (id: string): string => template.Resources[id]?.Type ?? id
  if (value.Ref) return typeOf(value.Ref)
  if (value['Fn::GetAtt'])
    return `${typeOf(value['Fn::GetAtt'][0])} ${String(value['Fn::GetAtt'][1])}`
  if (value['Fn::Join'])
    return value['Fn::Join'][1].map((part: any) => nameTarget(template, part)).join('')
  const name: string = value['Fn::ImportValue']
  const isExport = ({ Export }: any): boolean => Export?.Name === name
  const exporter = templates.find(({ Outputs = {} }) => Object.values(Outputs).some(isExport))
  return nameTarget(exporter, Object.values<any>(exporter.Outputs).find(isExport).Value)
}

const propertiesOf = (template: any, type: string): any[] =>
  Object.values<any>(template.Resources)
    .filter(({ Type }) => Type === type)
    .map(({ Properties }) => Properties)

/** The metrics of an alarm, which has one or calculates with several. */
const ofAlarm = (template: any, alarm: any): string[] => {
  const stats = alarm.Metrics
    ? alarm.Metrics.flatMap(({ MetricStat }: any) => MetricStat ?? [])
    : [{ Metric: alarm, Stat: alarm.Statistic ?? alarm.ExtendedStatistic }]
  return stats.map(({ Metric: { Namespace, MetricName, Dimensions = [] }, Stat }: any) => {
    const dimensions = Dimensions.map(({ Name, Value }: any) => [Name, nameTarget(template, Value)])
    return format(Namespace, MetricName, Object.fromEntries(dimensions), Stat)
  })
}

/** The metrics of the graphs of a dashboard. */
const ofDashboard = (template: any, { DashboardBody }: any): string[] => {
  const { widgets } = JSON.parse(nameTarget(template, DashboardBody))
  const metrics = widgets.flatMap(({ properties }: any) => properties.metrics ?? [])
  return metrics.map(([namespace, name, ...rest]: any[]) => {
    const options = rest.pop()
    const dimensions: Record<string, string> = {}
    for (let i = 0; i < rest.length; i += 2) dimensions[rest[i]] = rest[i + 1]
    return format(namespace, name, dimensions, options.stat ?? 'Average')
  })
}

test('the alarms and the dashboard use exactly the metrics that AWS documents here', () => {
  const used = templates.flatMap((template) => [
    ...propertiesOf(template, 'AWS::CloudWatch::Alarm').flatMap((alarm) =>
      ofAlarm(template, alarm),
    ),
    ...propertiesOf(template, 'AWS::CloudWatch::Dashboard').flatMap((dashboard) =>
      ofDashboard(template, dashboard),
    ),
  ])

  const known = documented.flatMap(({ namespace, dimensions, metrics }) =>
    metrics.flatMap(({ name, statistics }) =>
      statistics.map((statistic) => format(namespace, name, dimensions, statistic)),
    ),
  )
  expect([...new Set(used)].sort()).toEqual(known.sort())
})
