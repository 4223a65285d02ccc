import { describe, expect, test } from '@jest/globals'
import { Template } from 'aws-cdk-lib/assertions'
import { EventsStack } from '../../infra/events-stack.ts'
import { readSettings } from '../../infra/settings.ts'
import { createApp } from './create-app.ts'

const table = {
  tableName: 'chat',
  tableArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/chat',
  tableStreamArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/chat/stream/2026-01-01',
}

const alarmTopicArn = 'arn:aws:sns:eu-west-1:111122223333:alarms'

const templateOf = (context: Record<string, unknown> = {}): Template => {
  const app = createApp()
  const settings = readSettings(context)
  return Template.fromStack(
    new EventsStack(app, 'chat-inbox-events', { settings, table, alarmTopicArn }),
  )
}

const dev = templateOf()
const staging = templateOf({ stage: 'staging' })
const prod = templateOf({ stage: 'prod' })

const propertiesOf = (template: Template, type: string) =>
  Object.values(template.findResources(type)).map((resource) => resource['Properties'])

const onlyOf = (template: Template, type: string) => {
  template.resourceCountIs(type, 1)
  return propertiesOf(template, type)[0]
}

const resourceOf = (id: string) => dev.toJSON()['Resources'][id]['Properties']

const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] })
const idOf = (arn: { 'Fn::GetAtt': [string, 'Arn'] }) => arn['Fn::GetAtt'][0]

/** Followed through the template, as an event goes. */
const [busId] = Object.keys(dev.findResources('AWS::Events::EventBus')) as [string]
const rule = onlyOf(dev, 'AWS::Events::Rule')
const target = rule.Targets[0]
const queueId = idOf(target.Arn)
const failedId = idOf(resourceOf(queueId).RedrivePolicy.deadLetterTargetArn)
const undeliveredId = idOf(target.DeadLetterConfig.Arn)
const mapping = onlyOf(dev, 'AWS::Lambda::EventSourceMapping')
const [selected, qualifier] = mapping.FunctionName['Fn::Join'][1]
const aliasId = selected['Fn::Select'][1]['Fn::Split'][1].Ref
const fnId = resourceOf(aliasId).FunctionName.Ref
const fn = resourceOf(fnId)
const pipe = onlyOf(dev, 'AWS::Pipes::Pipe')
const unpublishedId = idOf(pipe.SourceParameters.DynamoDBStreamParameters.DeadLetterConfig.Arn)

const deadLetterQueues: [string, string, string][] = [
  ['events that failed', failedId, 'failed-events'],
  ['events that were not delivered', undeliveredId, 'undelivered-events'],
  ['leaves that were not published', unpublishedId, 'unpublished-leaves'],
]

/** What every resource bears, which test/infra/stacks.test.ts asserts. */
const tags = { Tags: expect.anything() }

/** An alarm by its name without that of its stack. */
const alarmOf = (template: Template, name: string) => {
  const alarms = Object.entries(template.findResources('AWS::CloudWatch::Alarm'))
  const [id, alarm] = alarms.find(
    ([, { Properties }]) => Properties.AlarmName === `chat-inbox-events-${name}`,
  )!
  return { id, ...alarm['Properties'] }
}

describe('the bus', () => {
  test('is named like its stack', () => {
    expect(onlyOf(dev, 'AWS::Events::EventBus')).toEqual({
      Name: 'chat-inbox-events',
      ...tags,
    })
  })

  test('has one rule, which takes all that the chat backend sends', () => {
    expect(rule).toMatchObject({
      EventBusName: { Ref: busId },
      EventPattern: { source: ['chat'] },
      State: 'ENABLED',
    })
    expect(Object.keys(rule.EventPattern)).toEqual(['source'])
  })

  test('has a source that the context settles', () => {
    expect(
      onlyOf(templateOf({ eventSource: 'com.example' }), 'AWS::Events::Rule').EventPattern,
    ).toEqual({ source: ['com.example'] })
  })

  test('hands events as they are to the queue, for a day, and then to a dead-letter queue', () => {
    expect(rule.Targets).toEqual([
      {
        Id: expect.any(String),
        Arn: arnOf(queueId),
        DeadLetterConfig: { Arn: arnOf(undeliveredId) },
        RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 24 * 60 * 60 },
      },
    ])
  })
})

describe('the queue', () => {
  test('is a standard one that gives the function six times its time', () => {
    expect(resourceOf(queueId)).toEqual({
      VisibilityTimeout: 6 * fn.Timeout,
      MessageRetentionPeriod: 14 * 24 * 60 * 60,
      SqsManagedSseEnabled: true,
      RedrivePolicy: { deadLetterTargetArn: arnOf(failedId), maxReceiveCount: 5 },
      ...tags,
    })
    expect(resourceOf(queueId).VisibilityTimeout).toBe(360)
  })

  test('feeds the alias of the function, which reports the messages that failed', () => {
    expect(mapping).toEqual({
      EventSourceArn: arnOf(queueId),
      FunctionName: expect.anything(),
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
      ...tags,
    })
    expect(resourceOf(aliasId)).toMatchObject({ Name: 'live' })
    expect(qualifier).toBe(':live')
  })

  test.each([
    ['dev', dev, 2],
    ['staging', staging, 10],
    ['prod', prod, 50],
  ])('is worked off in %s with so many hands', (_, template, MaximumConcurrency) => {
    expect(onlyOf(template, 'AWS::Lambda::EventSourceMapping').ScalingConfig).toEqual({
      MaximumConcurrency,
    })
  })
})

describe.each(deadLetterQueues)('the dead-letter queue of %s', (_, id, alarm) => {
  test('keeps them for 14 days, encrypted', () => {
    expect(resourceOf(id)).toEqual({
      MessageRetentionPeriod: 14 * 24 * 60 * 60,
      SqsManagedSseEnabled: true,
      ...tags,
    })
  })

  test('raises an alarm at the first', () => {
    expect(alarmOf(dev, alarm)).toMatchObject({
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [id, 'QueueName'] } }],
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
    })
  })
})

describe('alarms', () => {
  const ofQueue = [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [queueId, 'QueueName'] } }]

  test('are these, and all are told when they begin and end', () => {
    const alarms = propertiesOf(dev, 'AWS::CloudWatch::Alarm')
    expect(alarms.map(({ AlarmName }) => AlarmName).sort()).toEqual([
      'chat-inbox-events-apply-chat-events-errors',
      'chat-inbox-events-apply-chat-events-throttles',
      'chat-inbox-events-event-lag',
      'chat-inbox-events-failed-events',
      'chat-inbox-events-failing-events',
      'chat-inbox-events-failing-leaves',
      'chat-inbox-events-undelivered-events',
      'chat-inbox-events-unpublished-leaves',
    ])
    for (const alarm of alarms)
      expect(alarm).toMatchObject({
        AlarmDescription: expect.stringMatching(/\.$/),
        AlarmActions: [alarmTopicArn],
        OKActions: [alarmTopicArn],
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      })
  })

  test('are over where there is nothing to measure, but for that of the pipe: EventBridge may have disabled it', () => {
    const staying = propertiesOf(dev, 'AWS::CloudWatch::Alarm').filter(
      ({ TreatMissingData }) => TreatMissingData !== 'notBreaching',
    )
    expect(staying).toEqual([
      expect.objectContaining({
        AlarmName: 'chat-inbox-events-failing-leaves',
        TreatMissingData: 'ignore',
        AlarmDescription: expect.stringMatching(/disable a pipe.*CurrentState.*RUNNING/),
      }),
    ])
  })

  test('go off when 5 % of the events fail for three minutes, but not at fewer than three', () => {
    const stat = (MetricName: string) => ({
      MetricStat: {
        Metric: { Namespace: 'AWS/SQS', MetricName, Dimensions: ofQueue },
        Period: 60,
        Stat: 'Sum',
      },
    })
    expect(alarmOf(dev, 'failing-events')).toMatchObject({
      Metrics: [
        { Expression: 'IF(received - applied >= 3, 100 * (received - applied) / received, 0)' },
        { Id: 'received', ReturnData: false, ...stat('NumberOfMessagesReceived') },
        { Id: 'applied', ReturnData: false, ...stat('NumberOfMessagesDeleted') },
      ],
      Threshold: 5,
      EvaluationPeriods: 3,
    })
  })

  test('go off when listings are five minutes behind for a quarter of an hour', () => {
    expect(alarmOf(dev, 'event-lag')).toMatchObject({
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateAgeOfOldestMessage',
      Dimensions: ofQueue,
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 15,
      Threshold: 300,
    })
  })

  test('go off when leaves are not told for 10 minutes', () => {
    const [pipeId] = Object.keys(dev.findResources('AWS::Pipes::Pipe'))
    expect(alarmOf(dev, 'failing-leaves')).toMatchObject({
      Namespace: 'AWS/EventBridge/Pipes',
      MetricName: 'ExecutionFailed',
      Dimensions: [{ Name: 'PipeName', Value: { Ref: pipeId } }],
      Statistic: 'Sum',
      Period: 300,
      EvaluationPeriods: 2,
      Threshold: 1,
    })
  })

  test.each([
    ['crashes', 'errors', 'Errors'],
    ['refused calls', 'throttles', 'Throttles'],
  ])('go off at three %s of the function', (_, name, MetricName) => {
    expect(alarmOf(dev, `apply-chat-events-${name}`)).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName,
      Dimensions: expect.arrayContaining([{ Name: 'FunctionName', Value: { Ref: fnId } }]),
      Statistic: 'Sum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 3,
    })
  })
})

describe('a new version', () => {
  const [[, alias]] = Object.entries(prod.findResources('AWS::Lambda::Alias')) as [[string, any]]

  test('gets a tenth of the batches of prod for five minutes, and is taken back on alarms', () => {
    const groups = prod.findResources('AWS::CodeDeploy::DeploymentGroup')
    const [[groupId, group]] = Object.entries(groups) as [[string, any]]
    expect(alias.UpdatePolicy.CodeDeployLambdaAliasUpdate).toEqual({
      ApplicationName: group.Properties.ApplicationName,
      DeploymentGroupName: { Ref: groupId },
    })
    const ids = ['apply-chat-events-errors', 'failing-events'].map((name) => alarmOf(prod, name).id)
    expect(group.Properties).toMatchObject({
      DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
      AlarmConfiguration: { Enabled: true, Alarms: ids.map((Ref) => ({ Name: { Ref } })) },
      AutoRollbackConfiguration: { Enabled: true },
    })
  })

  test.each([
    ['dev', dev],
    ['staging', staging],
  ])('gets all batches of %s at once', (_, template) => {
    const [only] = Object.values(template.findResources('AWS::Lambda::Alias'))
    expect(only).not.toHaveProperty('UpdatePolicy')
    template.resourceCountIs('AWS::CodeDeploy::DeploymentGroup', 0)
  })
})

describe('queues', () => {
  test('are four, each for something else', () => {
    const ids = [queueId, failedId, undeliveredId, unpublishedId]
    expect(Object.keys(dev.findResources('AWS::SQS::Queue')).sort()).toEqual([...ids].sort())
  })

  const ruleMaySend = (id: string) => ({
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: id === queueId ? expect.arrayContaining(['sqs:SendMessage']) : 'sqs:SendMessage',
    Resource: arnOf(id),
    Condition: {
      ArnEquals: {
        'aws:SourceArn': arnOf(Object.keys(dev.findResources('AWS::Events::Rule'))[0]!),
      },
    },
  })

  test.each([
    ['events', queueId, [ruleMaySend(queueId)]],
    ['events that failed', failedId, []],
    ['events that were not delivered', undeliveredId, [ruleMaySend(undeliveredId)]],
    ['leaves that were not published', unpublishedId, []],
  ])('of %s are spoken to over TLS only, by the rule if by anybody', (_, id, others) => {
    const policies = propertiesOf(dev, 'AWS::SQS::QueuePolicy').filter(({ Queues }) =>
      Queues.some(({ Ref }: { Ref: string }) => Ref === id),
    )
    const statements = policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    expect(statements).toHaveLength(1 + others.length)
    expect(statements[0]).toEqual({
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 'sqs:*',
      Resource: arnOf(id),
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    })
    expect(statements.slice(1)).toEqual(others.map((other) => expect.objectContaining(other)))
  })
})

describe('the function', () => {
  test('runs Node 24 on arm64, for at most a minute', () => {
    expect(onlyOf(dev, 'AWS::Lambda::Function')).toBe(fn)
    expect(fn).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Timeout: 60,
      MemorySize: 1024,
      Handler: 'index.handler',
    })
  })

  test('is told the table, and has no need of a caller', () => {
    expect(fn.Environment.Variables).toEqual({ TABLE_NAME: 'chat' })
  })

  test('may log, read and write the table but not its index, and take from its queue', () => {
    expect(onlyOf(dev, 'AWS::IAM::Policy')).toMatchObject({
      Roles: [{ Ref: idOf(fn.Role) }],
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            Resource: arnOf(fn.LoggingConfig.LogGroup.Ref),
          },
          {
            Effect: 'Allow',
            Action: [
              'dynamodb:BatchGetItem',
              'dynamodb:GetItem',
              'dynamodb:PutItem',
              'dynamodb:Query',
              'dynamodb:UpdateItem',
            ],
            Resource: table.tableArn,
          },
          {
            Effect: 'Allow',
            Action: [
              'sqs:ChangeMessageVisibility',
              'sqs:DeleteMessage',
              'sqs:GetQueueAttributes',
              'sqs:GetQueueUrl',
              'sqs:ReceiveMessage',
            ],
            Resource: arnOf(queueId),
          },
        ],
      },
    })
    expect(Object.keys(resourceOf(idOf(fn.Role)))).toEqual(['AssumeRolePolicyDocument', 'Tags'])
  })

  test.each([
    ['dev', dev, undefined],
    ['staging', staging, 10],
    ['prod', prod, 50],
    ['prod without', templateOf({ stage: 'prod', reservedConcurrency: 'none' }), undefined],
  ])('has as many calls of %s for itself as it is given batches', (_, template, calls) => {
    const { ReservedConcurrentExecutions } = onlyOf(template, 'AWS::Lambda::Function')
    expect(ReservedConcurrentExecutions).toBe(calls)
  })

  test('is called by its queue only: no API leads to it, and nothing else may invoke it', () => {
    const types = Object.values<{ Type: string }>(dev.toJSON()['Resources']).map(({ Type }) => Type)
    expect(types.filter((type) => type.startsWith('AWS::ApiGateway'))).toEqual([])
    expect(types).not.toContain('AWS::Lambda::Permission')
    expect(types).not.toContain('AWS::Lambda::Url')
  })

  test.each([
    ['dev', dev, 7, 'Delete'],
    ['prod', prod, 90, 'Retain'],
  ])('of %s logs to its own group, for a time', (_, template, RetentionInDays, DeletionPolicy) => {
    expect(Object.values(template.findResources('AWS::Logs::LogGroup'))).toEqual([
      expect.objectContaining({ DeletionPolicy, Properties: { RetentionInDays, ...tags } }),
    ])
  })
})

describe('the pipe', () => {
  // Until the record expires, says AWS: any number of retries would be used up before that.
  // https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_PipeSourceDynamoDBStreamParameters.html
  test('reads the stream of the table from its beginning, and tries each record for six hours', () => {
    expect(pipe.Source).toBe(table.tableStreamArn)
    expect(pipe.SourceParameters.DynamoDBStreamParameters).toEqual({
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 10,
      MaximumRetryAttempts: -1,
      MaximumRecordAgeInSeconds: 6 * 60 * 60,
      DeadLetterConfig: { Arn: arnOf(unpublishedId) },
    })
  })

  test('takes only the change that marks a leave through the API', () => {
    const { Filters } = pipe.SourceParameters.FilterCriteria
    expect(Filters.map(({ Pattern }: { Pattern: string }) => JSON.parse(Pattern))).toEqual([
      {
        dynamodb: {
          NewImage: { left_through: { S: ['api'] } },
          OldImage: { left_through: { S: [{ exists: false }] } },
        },
      },
    ])
  })

  test('tells it on the same bus, in words that the rule does not take', () => {
    expect(pipe.Target).toEqual(arnOf(busId))
    expect(pipe.TargetParameters).toEqual({
      EventBridgeEventBusParameters: { Source: 'chat-inbox', DetailType: 'participant.left' },
      InputTemplate: expect.any(String),
    })
    expect(rule.EventPattern.source).not.toContain('chat-inbox')
  })

  test('tells when, which room and who, each as JSON of its own', () => {
    const filled = (pipe.TargetParameters.InputTemplate as string).replaceAll(
      /<\$\.dynamodb\.NewImage\.([\w.]+)>/g,
      '"$1"',
    )
    expect(JSON.parse(filled)).toEqual({
      occurred_at: 'left_at.S',
      room_id: 'room_id.S',
      email: 'email.S',
    })
  })

  test('may read that stream, put on that bus and fill that queue, and nothing else', () => {
    const role = resourceOf(idOf(pipe.RoleArn))
    expect(Object.keys(role)).toEqual(['AssumeRolePolicyDocument', 'Policies', 'Tags'])
    expect(role.AssumeRolePolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: 'pipes.amazonaws.com' },
      },
    ])
    expect(role.Policies).toHaveLength(1)
    expect(role.Policies[0].PolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: [
          'dynamodb:DescribeStream',
          'dynamodb:GetRecords',
          'dynamodb:GetShardIterator',
          'dynamodb:ListStreams',
        ],
        Resource: table.tableStreamArn,
      },
      { Effect: 'Allow', Action: 'events:PutEvents', Resource: arnOf(busId) },
      { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arnOf(unpublishedId) },
    ])
    dev.resourceCountIs('AWS::IAM::Role', 2)
  })
})

test('the stack tells the names of the bus and the pipe, and the URLs of the queues', () => {
  expect(dev.findOutputs('*')).toEqual({
    BusName: { Value: { Ref: busId } },
    PipeName: { Value: { Ref: Object.keys(dev.findResources('AWS::Pipes::Pipe'))[0] } },
    QueueUrl: { Value: { Ref: queueId } },
    FailedEventsUrl: { Value: { Ref: failedId } },
    UndeliveredEventsUrl: { Value: { Ref: undeliveredId } },
    UnpublishedLeavesUrl: { Value: { Ref: unpublishedId } },
  })
})
