import { describe, expect, test } from '@jest/globals'
import { Template } from 'aws-cdk-lib/assertions'
import { AlarmsStack } from '../../infra/alarms-stack.ts'
import { readSettings } from '../../infra/settings.ts'
import { createApp } from './create-app.ts'

const table = {
  tableName: 'chat',
  tableArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/chat',
  tableStreamArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/chat/stream/2026-01-01',
}

const templateOf = (context: Record<string, unknown> = {}): Template =>
  Template.fromStack(
    new AlarmsStack(createApp(), 'alarms', { settings: readSettings(context), table }),
  )

const dev = templateOf()
const [topicId] = Object.keys(dev.findResources('AWS::SNS::Topic')) as [string]
const [keyId] = Object.keys(dev.findResources('AWS::KMS::Key')) as [string]

const onlyOf = (type: string) => {
  dev.resourceCountIs(type, 1)
  return Object.values(dev.findResources(type))[0]!
}

const fromCloudWatch = {
  Effect: 'Allow',
  Principal: { Service: 'cloudwatch.amazonaws.com' },
  Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
}

describe('the topic', () => {
  test('is published to by the alarms of its account, over TLS', () => {
    const { Topics, PolicyDocument } = onlyOf('AWS::SNS::TopicPolicy')['Properties']
    expect(Topics).toEqual([{ Ref: topicId }])
    expect(PolicyDocument.Statement).toEqual([
      {
        Sid: expect.any(String),
        Effect: 'Deny',
        Principal: '*',
        Action: 'sns:Publish',
        Resource: { Ref: topicId },
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
      {
        Sid: expect.any(String),
        ...fromCloudWatch,
        Action: 'sns:Publish',
        Resource: { Ref: topicId },
      },
    ])
  })

  test('is encrypted with a key of its own that turns, and that alarms may use', () => {
    expect(onlyOf('AWS::SNS::Topic')['Properties']).toMatchObject({
      KmsMasterKeyId: { 'Fn::GetAtt': [keyId, 'Arn'] },
    })
    const { DeletionPolicy, Properties } = onlyOf('AWS::KMS::Key')
    expect(DeletionPolicy).toBe('Delete')
    expect(Properties.EnableKeyRotation).toBe(true)
    // In the policy of a key `*` is that key, and what AWS documents for encrypted topics has one too.
    expect(Properties.KeyPolicy.Statement).toEqual([
      {
        Effect: 'Allow',
        Principal: { AWS: { 'Fn::Join': ['', expect.arrayContaining([':root'])] } },
        Action: 'kms:*',
        Resource: '*',
      },
      { ...fromCloudWatch, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'], Resource: '*' },
    ])
  })

  test('is there without anybody who listens', () => {
    dev.resourceCountIs('AWS::SNS::Subscription', 0)
    expect(dev.findOutputs('*')).toEqual({ AlarmTopicArn: { Value: { Ref: topicId } } })
  })

  test('sends mail to each address', () => {
    const template = templateOf({ alarmEmail: 'ops@example.com,oncall@example.com' })
    const subscriptions = Object.values(template.findResources('AWS::SNS::Subscription'))
    expect(subscriptions.map((subscription) => subscription['Properties'])).toEqual([
      { Protocol: 'email', Endpoint: 'ops@example.com', TopicArn: { Ref: topicId } },
      { Protocol: 'email', Endpoint: 'oncall@example.com', TopicArn: { Ref: topicId } },
    ])
  })
})

describe('alarms of the table', () => {
  const alarms = Object.values(dev.findResources('AWS::CloudWatch::Alarm')).map(
    (alarm) => alarm['Properties'],
  )
  const alarmOf = (name: string) =>
    alarms.find(({ AlarmName }) => AlarmName === `alarms-table-${name}`)
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

  test('are two, and both are told when they begin and end', () => {
    expect(alarms).toHaveLength(2)
    for (const alarm of alarms)
      expect(alarm).toMatchObject({
        AlarmDescription: expect.stringMatching(/\.$/),
        AlarmActions: [{ Ref: topicId }],
        OKActions: [{ Ref: topicId }],
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
      })
  })

  test('go off at three calls that DynamoDB failed, whatever was called', () => {
    const operations = [
      'BatchGetItem',
      'GetItem',
      'PutItem',
      'Query',
      'TransactWriteItems',
      'UpdateItem',
    ]
    expect(alarmOf('errors')).toMatchObject({ EvaluationPeriods: 1, Threshold: 3 })
    expect(alarmOf('errors')['Metrics']).toEqual([
      sum,
      ...operations.map((Value) => sumOf('SystemErrors', { Name: 'Operation', Value })),
    ])
  })

  test('go off when calls are refused for a quarter of an hour', () => {
    expect(alarmOf('throttles')).toMatchObject({ EvaluationPeriods: 3, Threshold: 3 })
    expect(alarmOf('throttles')['Metrics']).toEqual([
      sum,
      sumOf('ReadThrottleEvents'),
      sumOf('WriteThrottleEvents'),
    ])
  })
})
