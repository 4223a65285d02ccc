import { describe, expect, test } from '@jest/globals'
import type { Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { readSettings } from '../../infra/settings.ts'
import { addStacks } from '../../infra/stacks.ts'
import { createApp } from './create-app.ts'

const app = createApp()
addStacks(app, readSettings({ stage: 'dev-ann' }))
const template = Template.fromStack(
  app.node.findChild('chat-inbox-dev-ann-dashboard') as unknown as Stack,
)
const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'))
const { DashboardName, DashboardBody } = dashboard!['Properties']

/** The body, with a placeholder for each reference. */
const { widgets } = JSON.parse(
  DashboardBody['Fn::Join'][1]
    .map((part: unknown) => (typeof part === 'string' ? part : 'reference'))
    .join(''),
) as { widgets: any[] }

/** The metrics of a widget, each with its name and its statistic. */
const metricsOf = (title: string): string[] => {
  const { properties } = widgets.find(({ properties }) => properties.title === title)
  return properties.metrics.map(([namespace, name, ...rest]: any[]) => {
    const { stat } = rest.at(-1)
    return `${namespace} ${name} ${stat ?? 'Average'}`
  })
}

test('the name contains stage and region, because the regions of an account share dashboard names', () => {
  expect(DashboardName).toEqual({
    'Fn::Join': ['', ['chat-inbox-dev-ann-', { Ref: 'AWS::Region' }]],
  })
  template.hasOutput('DashboardUrl', {})
})

test('the alarms come first', () => {
  expect(widgets[0]).toMatchObject({ type: 'alarm', width: 24 })
  expect(widgets[0].properties.alarms).not.toHaveLength(0)
})

test('an alarm goes off when leave-chat is called and publish-changes is idle for two hours', () => {
  const [alarm] = Object.values(template.findResources('AWS::CloudWatch::Alarm'))
  const stat = {
    MetricStat: {
      Metric: {
        Namespace: 'AWS/Lambda',
        MetricName: 'Invocations',
        Dimensions: [{ Name: 'FunctionName', Value: { 'Fn::ImportValue': expect.any(String) } }],
      },
      Period: 3600,
      Stat: 'Sum',
    },
    ReturnData: false,
  }
  expect(alarm!['Properties']).toMatchObject({
    AlarmName: 'chat-inbox-dev-ann-dashboard-stopped-publishing',
    AlarmDescription: expect.stringMatching(/State of its event source mapping is Enabled/),
    Metrics: [
      { Expression: 'IF(FILL(published, 0) == 0, FILL(calls, 0), 0)' },
      { Id: 'calls', ...stat },
      { Id: 'published', ...stat },
    ],
    Threshold: 20,
    EvaluationPeriods: 2,
    TreatMissingData: 'notBreaching',
  })
})

describe('a graph', () => {
  /** Of each of the seven functions. */
  const crashes = Array(7).fill('AWS/Lambda Errors Sum')
  const refusals = Array(7).fill('AWS/Lambda Throttles Sum')

  test.each([
    ['Requests a minute', ['AWS/ApiGateway Count SampleCount', 'AWS/ApiGateway 4xx Sum']],
    ['Errors a minute', ['AWS/ApiGateway 5xx Sum', ...crashes]],
    ['Latency, ms', ['p50', 'p90', 'p99'].map((stat) => `AWS/ApiGateway Latency ${stat}`)],
    ['Event lag, seconds', Array(2).fill('AWS/SQS ApproximateAgeOfOldestMessage Maximum')],
    [
      'Events a minute',
      [
        'AWS/SQS NumberOfMessagesSent Sum',
        'AWS/SQS NumberOfMessagesDeleted Sum',
        'AWS/Lambda Invocations Sum',
      ],
    ],
    ['Dead letters', Array(4).fill('AWS/SQS ApproximateNumberOfMessagesVisible Maximum')],
    [
      'Consumed units a minute',
      ['AWS/DynamoDB ConsumedReadCapacityUnits Sum', 'AWS/DynamoDB ConsumedWriteCapacityUnits Sum'],
    ],
    ['Table latency, ms', Array(3).fill('AWS/DynamoDB SuccessfulRequestLatency Average')],
    [
      'Refused a minute',
      ['AWS/DynamoDB ReadThrottleEvents Sum', 'AWS/DynamoDB WriteThrottleEvents Sum', ...refusals],
    ],
  ])('%s', (title, metrics) => {
    expect(metricsOf(title)).toEqual(metrics)
  })

  test('shows its metrics by the minute', () => {
    for (const { properties } of widgets.slice(1))
      for (const metric of properties.metrics) expect(metric.at(-1)).toMatchObject({ period: 60 })
  })

  test.each([
    ['Latency, ms', 1000],
    ['Event lag, seconds', 300],
  ])('of %s shows the threshold of its alarm', (title, value) => {
    const { properties } = widgets.find(({ properties }) => properties.title === title)
    expect(properties.annotations.horizontal).toEqual([expect.objectContaining({ value })])
  })
})
