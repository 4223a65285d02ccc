import { describe, expect, test } from '@jest/globals'
import { AlarmsStack } from '../../infra/alarms-stack.ts'
import { alarmOf, idOf, onlyOf, propertiesOf, table, templateOf } from '../support/templates.ts'

const alarmsTemplate = (context: Record<string, unknown> = {}) =>
  templateOf((app, settings) => new AlarmsStack(app, 'alarms', { settings, table }), context)

const dev = alarmsTemplate()
const topicId = idOf(dev, 'AWS::SNS::Topic')
const keyId = idOf(dev, 'AWS::KMS::Key')

describe('the topic', () => {
  test('is encrypted with its own key, which is rotated', () => {
    expect(onlyOf(dev, 'AWS::SNS::Topic')).toMatchObject({
      KmsMasterKeyId: { 'Fn::GetAtt': [keyId, 'Arn'] },
    })
    const { DeletionPolicy, Properties } = dev.findResources('AWS::KMS::Key')[keyId]!
    expect(DeletionPolicy).toBe('Delete')
    expect(Properties.EnableKeyRotation).toBe(true)
  })

  test('has no subscription by default', () => {
    dev.resourceCountIs('AWS::SNS::Subscription', 0)
    expect(dev.findOutputs('*')).toEqual({ AlarmTopicArn: { Value: { Ref: topicId } } })
  })

  test('sends mail to each address', () => {
    const template = alarmsTemplate({ alarmEmail: 'ops@example.com,oncall@example.com' })
    expect(propertiesOf(template, 'AWS::SNS::Subscription')).toEqual([
      { Protocol: 'email', Endpoint: 'ops@example.com', TopicArn: { Ref: topicId } },
      { Protocol: 'email', Endpoint: 'oncall@example.com', TopicArn: { Ref: topicId } },
    ])
  })
})

describe('alarms of the table', () => {
  const alarms = propertiesOf(dev, 'AWS::CloudWatch::Alarm')
  const sumOf = (MetricName: string, ...operation: object[]) =>
    expect.objectContaining({
      MetricStat: {
        Metric: {
          Namespace: 'AWS/DynamoDB',
          MetricName,
          Dimensions: [...operation, { Name: 'TableName', Value: 'chat' }],
        },
        Period: 300,
        Stat: 'Sum',
      },
      ReturnData: false,
    })
  const sum = expect.objectContaining({ Expression: 'SUM(FILL(METRICS(), 0))', ReturnData: true })

  test('are two, and both notify the topic when they begin and when they end', () => {
    expect(alarms).toHaveLength(2)
    for (const alarm of alarms)
      expect(alarm).toMatchObject({
        AlarmActions: [{ Ref: topicId }],
        OKActions: [{ Ref: topicId }],
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
      })
  })

  test('go off at three calls that DynamoDB failed, of all operations together', () => {
    const operations = [
      'BatchExecuteStatement',
      'BatchGetItem',
      'GetItem',
      'PutItem',
      'Query',
      'TransactWriteItems',
      'UpdateItem',
    ]
    expect(alarmOf(dev, 'alarms-table-errors')).toMatchObject({
      EvaluationPeriods: 1,
      Threshold: 3,
    })
    expect(alarmOf(dev, 'alarms-table-errors')['Metrics']).toEqual([
      sum,
      ...operations.map((Value) => sumOf('SystemErrors', { Name: 'Operation', Value })),
    ])
  })

  test('go off when calls are throttled for a quarter of an hour', () => {
    expect(alarmOf(dev, 'alarms-table-throttles')).toMatchObject({
      EvaluationPeriods: 3,
      Threshold: 3,
    })
    expect(alarmOf(dev, 'alarms-table-throttles')['Metrics']).toEqual([
      sum,
      sumOf('ReadThrottleEvents'),
      sumOf('WriteThrottleEvents'),
    ])
  })
})
