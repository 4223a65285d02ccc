import { describe, expect, test } from '@jest/globals'
import type { Template } from 'aws-cdk-lib/assertions'
import { EventsStack } from '../../infra/events-stack.ts'
import {
  alarmOf,
  onCall,
  idOf,
  onlyOf,
  propertiesOf,
  resourceOf,
  table,
  templateOf,
} from '../support/templates.ts'

const eventsTemplate = (context: Record<string, unknown> = {}) =>
  templateOf(
    (app, settings) => new EventsStack(app, 'chat-inbox-events', { settings, table, onCall }),
    context,
  )

const dev = eventsTemplate()
const staging = eventsTemplate({ stage: 'staging' })
const prod = eventsTemplate({ stage: 'prod' })

const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] })
const idIn = (arn: { 'Fn::GetAtt'?: [string, 'Arn'] }) => arn['Fn::GetAtt']?.[0] ?? ''

/** What Lambda receives from a queue, and the function that it invokes. */
const consumerOf = (template: Template, queueId: string) => {
  const mapping = propertiesOf(template, 'AWS::Lambda::EventSourceMapping').find(
    ({ EventSourceArn }) => idIn(EventSourceArn) === queueId,
  )!
  return followMapping(template, mapping)
}

/** The function that publishes changes, with what Lambda reads of the stream. */
const publisherOf = (template: Template) => {
  const mapping = propertiesOf(template, 'AWS::Lambda::EventSourceMapping').find(
    ({ EventSourceArn }) => EventSourceArn === table.tableStreamArn,
  )!
  return followMapping(template, mapping)
}

const followMapping = (template: Template, mapping: Record<string, any>) => {
  const [selected, qualifier] = mapping['FunctionName']['Fn::Join'][1]
  const aliasId = selected['Fn::Select'][1]['Fn::Split'][1].Ref
  return { mapping, qualifier, aliasId, fnId: resourceOf(template, aliasId)['FunctionName'].Ref }
}

/** The ids of the resources on the way of an event, followed through the template. */
const busId = idOf(dev, 'AWS::Events::EventBus')
const rule = onlyOf(dev, 'AWS::Events::Rule')
const target = rule['Targets'][0]
const queueId = idIn(target.Arn)
const failedId = idIn(resourceOf(dev, queueId)['RedrivePolicy'].deadLetterTargetArn)
const undeliveredId = idIn(target.DeadLetterConfig.Arn)
const { mapping, qualifier, aliasId, fnId } = consumerOf(dev, queueId)
const fn = resourceOf(dev, fnId)
const projectionsId = fn['Environment'].Variables.PROJECTIONS_URL.Ref as string
const failedProjectionsId = idIn(
  resourceOf(dev, projectionsId)['RedrivePolicy'].deadLetterTargetArn,
)
const publisher = publisherOf(dev)
const unpublishedId = idIn(publisher.mapping['DestinationConfig'].OnFailure.Destination)

const deadLetterQueues: [string, string, string][] = [
  ['events that failed', failedId, 'failed-events'],
  ['events that were not delivered', undeliveredId, 'undelivered-events'],
  ['changes that were not published', unpublishedId, 'unpublished-changes'],
  ['projections that failed', failedProjectionsId, 'failed-projections'],
]

/** Every resource has tags. test/infra/stacks.test.ts asserts which. */
const tags = { Tags: expect.anything() }

describe('the bus', () => {
  test('is named like its stack', () => {
    expect(onlyOf(dev, 'AWS::Events::EventBus')).toEqual({
      Name: 'chat-inbox-events',
      ...tags,
    })
  })

  test('has one rule, which matches every event of the chat backend', () => {
    expect(rule).toMatchObject({
      EventBusName: { Ref: busId },
      EventPattern: { source: ['chat'] },
      State: 'ENABLED',
    })
    expect(Object.keys(rule['EventPattern'])).toEqual(['source'])
  })

  test('matches the source that the context sets', () => {
    expect(
      onlyOf(eventsTemplate({ eventSource: 'com.example' }), 'AWS::Events::Rule')['EventPattern'],
    ).toEqual({ source: ['com.example'] })
  })

  test('sends events unchanged to the queue, for up to a day, and then to a dead-letter queue', () => {
    expect(rule['Targets']).toEqual([
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
  test('is a standard queue that delivers a message that failed again after twice the time limit, for half an hour', () => {
    expect(resourceOf(dev, queueId)).toEqual({
      VisibilityTimeout: 2 * fn['Timeout'],
      MessageRetentionPeriod: 14 * 24 * 60 * 60,
      SqsManagedSseEnabled: true,
      RedrivePolicy: { deadLetterTargetArn: arnOf(failedId), maxReceiveCount: 15 },
      ...tags,
    })
    expect(resourceOf(dev, queueId)['VisibilityTimeout']).toBe(120)
  })

  test('sends batches to the alias of the function, which reports the messages that failed', () => {
    expect(mapping).toEqual({
      EventSourceArn: arnOf(queueId),
      FunctionName: expect.anything(),
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
      ...tags,
    })
    expect(resourceOf(dev, aliasId)).toMatchObject({ Name: 'live' })
    expect(qualifier).toBe(':live')
  })

  test.each([
    ['dev', dev, 2],
    ['staging', staging, 10],
    ['prod', prod, 50],
  ])('invokes the function of %s with limited concurrency', (_, template, MaximumConcurrency) => {
    expect(consumerOf(template, queueId).mapping['ScalingConfig']).toEqual({ MaximumConcurrency })
  })
})

describe('the queue of projections', () => {
  const { mapping, qualifier } = consumerOf(dev, projectionsId)

  test('gives the messages of a room to one run at a time, two seconds after they are sent', () => {
    expect(resourceOf(dev, projectionsId)).toEqual({
      FifoQueue: true,
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
      DelaySeconds: 2,
      VisibilityTimeout: 120,
      MessageRetentionPeriod: 14 * 24 * 60 * 60,
      SqsManagedSseEnabled: true,
      RedrivePolicy: { deadLetterTargetArn: arnOf(failedProjectionsId), maxReceiveCount: 10 },
      ...tags,
    })
  })

  test('sends batches to the alias of the function, which reports the messages that failed', () => {
    expect(mapping).toMatchObject({
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    })
    expect(qualifier).toBe(':live')
  })

  test.each([
    ['dev', dev, 2],
    ['staging', staging, 5],
    ['prod', prod, 5],
  ])('invokes the function of %s with limited concurrency', (_, template, MaximumConcurrency) => {
    expect(consumerOf(template, projectionsId).mapping['ScalingConfig']).toEqual({
      MaximumConcurrency,
    })
  })

  test('raises an alarm when rows are five minutes behind for 20 minutes', () => {
    expect(alarmOf(dev, 'chat-inbox-events-projection-lag')).toMatchObject({
      MetricName: 'ApproximateAgeOfOldestMessage',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [projectionsId, 'QueueName'] } }],
      Period: 60,
      EvaluationPeriods: 20,
      Threshold: 300,
    })
  })
})

describe.each(deadLetterQueues)('the dead-letter queue of %s', (_, id, alarm) => {
  test('keeps messages for 14 days, encrypted', () => {
    expect(resourceOf(dev, id)).toEqual({
      ...(id === failedProjectionsId && { FifoQueue: true }),
      MessageRetentionPeriod: 14 * 24 * 60 * 60,
      SqsManagedSseEnabled: true,
      ...tags,
    })
  })

  test('raises an alarm at the first message', () => {
    expect(alarmOf(dev, `chat-inbox-events-${alarm}`)).toMatchObject({
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

  test('notify the topic when they begin and when they end', () => {
    const alarms = propertiesOf(dev, 'AWS::CloudWatch::Alarm')
    expect(alarms.map(({ AlarmName }) => AlarmName).sort()).toEqual([
      'chat-inbox-events-apply-chat-events-errors',
      'chat-inbox-events-apply-chat-events-long-runs',
      'chat-inbox-events-apply-chat-events-throttles',
      'chat-inbox-events-event-lag',
      'chat-inbox-events-failed-events',
      'chat-inbox-events-failed-projections',
      'chat-inbox-events-failing-events',
      'chat-inbox-events-failing-projections',
      'chat-inbox-events-project-large-rooms-errors',
      'chat-inbox-events-project-large-rooms-long-runs',
      'chat-inbox-events-project-large-rooms-throttles',
      'chat-inbox-events-projection-lag',
      'chat-inbox-events-publish-changes-errors',
      'chat-inbox-events-publish-changes-long-runs',
      'chat-inbox-events-publish-changes-throttles',
      'chat-inbox-events-publishing-lag',
      'chat-inbox-events-undelivered-events',
      'chat-inbox-events-unpublished-changes',
    ])
    for (const alarm of alarms)
      expect(alarm).toMatchObject({
        AlarmActions: [onCall.topicArn],
        OKActions: [onCall.topicArn],
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      })
  })

  test('end without data', () => {
    for (const { TreatMissingData } of propertiesOf(dev, 'AWS::CloudWatch::Alarm'))
      expect(TreatMissingData).toBe('notBreaching')
  })

  test.each([
    ['events', queueId, { EvaluationPeriods: 3 }],
    ['projections', projectionsId, { EvaluationPeriods: 5, DatapointsToAlarm: 3 }],
  ])(
    'go off when 5 % of the %s fail for three minutes, but not at fewer than three',
    (name, id, periods) => {
      const Dimensions = [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [id, 'QueueName'] } }]
      const stat = (MetricName: string) => ({
        MetricStat: {
          Metric: { Namespace: 'AWS/SQS', MetricName, Dimensions },
          Period: 60,
          Stat: 'Sum',
        },
      })
      expect(alarmOf(dev, `chat-inbox-events-failing-${name}`)).toMatchObject({
        Metrics: [
          { Expression: 'IF(received - done >= 3, 100 * (received - done) / received, 0)' },
          { Id: 'received', ReturnData: false, ...stat('NumberOfMessagesReceived') },
          { Id: 'done', ReturnData: false, ...stat('NumberOfMessagesDeleted') },
        ],
        Threshold: 5,
        ...periods,
      })
    },
  )

  test.each(['apply-chat-events', 'project-large-rooms', 'publish-changes'])(
    'go off when runs of %s take almost their time limit for a quarter of an hour',
    (name) => {
      expect(alarmOf(dev, `chat-inbox-events-${name}-long-runs`)).toMatchObject({
        Namespace: 'AWS/Lambda',
        MetricName: 'Duration',
        Statistic: 'Maximum',
        Period: 300,
        EvaluationPeriods: 3,
        Threshold: 55_000,
      })
    },
  )

  test('go off when listings are five minutes behind for a quarter of an hour', () => {
    expect(alarmOf(dev, 'chat-inbox-events-event-lag')).toMatchObject({
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateAgeOfOldestMessage',
      Dimensions: ofQueue,
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 15,
      Threshold: 300,
    })
  })

  test('go off when changes are published two minutes late for three minutes', () => {
    expect(alarmOf(dev, 'chat-inbox-events-publishing-lag')).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: 'IteratorAge',
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: publisher.fnId } }],
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 3,
      Threshold: 120_000,
    })
  })

  test.each([
    ['crashes', 'errors', 'Errors'],
    ['throttled calls', 'throttles', 'Throttles'],
  ])('go off at three %s of the function', (_, name, MetricName) => {
    expect(alarmOf(dev, `chat-inbox-events-apply-chat-events-${name}`)).toMatchObject({
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
  const alias = prod.findResources('AWS::Lambda::Alias')[aliasId] as any

  test('gets a tenth of the batches of prod for five minutes, and is rolled back on alarms', () => {
    const groupId = alias.UpdatePolicy.CodeDeployLambdaAliasUpdate.DeploymentGroupName.Ref
    const group = prod.findResources('AWS::CodeDeploy::DeploymentGroup')[groupId] as any
    expect(alias.UpdatePolicy.CodeDeployLambdaAliasUpdate).toEqual({
      ApplicationName: group.Properties.ApplicationName,
      DeploymentGroupName: { Ref: groupId },
    })
    const ids = ['apply-chat-events-errors', 'failing-events'].map(
      (name) => alarmOf(prod, `chat-inbox-events-${name}`)['id'],
    )
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
  test('are those of events and of projections, and four dead-letter queues', () => {
    const ids = [
      queueId,
      failedId,
      undeliveredId,
      unpublishedId,
      projectionsId,
      failedProjectionsId,
    ]
    expect(Object.keys(dev.findResources('AWS::SQS::Queue')).sort()).toEqual([...ids].sort())
  })
})

describe('the function', () => {
  test('runs Node 24 on arm64, for at most a minute', () => {
    expect(fn).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Timeout: 60,
      MemorySize: 1024,
      Handler: 'index.handler',
    })
  })

  test('knows the table and the queue of projections, and needs no caller', () => {
    expect(fn['Environment'].Variables).toEqual({
      TABLE_NAME: 'chat',
      PROJECTIONS_URL: { Ref: projectionsId },
    })
  })

  test.each([
    ['dev', dev, undefined, undefined],
    ['staging', staging, 10, 5],
    ['prod', prod, 50, 5],
    [
      'prod without',
      eventsTemplate({ stage: 'prod', reservedConcurrency: 'none' }),
      undefined,
      undefined,
    ],
  ])('of %s reserves as much concurrency as its queue uses', (_, template, events, projections) => {
    const reservedBy = (queue: string) =>
      resourceOf(template, consumerOf(template, queue).fnId)['ReservedConcurrentExecutions']
    expect([reservedBy(queueId), reservedBy(projectionsId)]).toEqual([events, projections])
  })

  test('is called only by its queue: no API leads to it, and nothing else may invoke it', () => {
    const types = Object.values<{ Type: string }>(dev.toJSON()['Resources']).map(({ Type }) => Type)
    expect(types.filter((type) => type.startsWith('AWS::ApiGateway'))).toEqual([])
    expect(types).not.toContain('AWS::Lambda::Permission')
    expect(types).not.toContain('AWS::Lambda::Url')
  })

  test.each([
    ['dev', dev, 7, 'Delete'],
    ['prod', prod, 90, 'Retain'],
  ])(
    'of %s keeps its logs in its own group for a limited time',
    (_, template, RetentionInDays, DeletionPolicy) => {
      const logGroup = expect.objectContaining({
        DeletionPolicy,
        Properties: { RetentionInDays, ...tags },
      })
      expect(Object.values(template.findResources('AWS::Logs::LogGroup'))).toEqual([
        logGroup,
        logGroup,
        logGroup,
      ])
    },
  )
})

describe('the function that publishes changes', () => {
  // With -1, AWS retries until the record expires. A number of retries would be used up before that.
  // https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
  test('reads the stream of the table from its beginning, and retries each record for six hours', () => {
    expect(publisher.mapping).toMatchObject({
      EventSourceArn: table.tableStreamArn,
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 100,
      MaximumRetryAttempts: -1,
      MaximumRecordAgeInSeconds: 6 * 60 * 60,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    })
    expect(publisher.mapping).not.toHaveProperty('MaximumBatchingWindowInSeconds')
  })

  const leaveFilter = { dynamodb: { NewImage: { left_through: { S: ['api'] } } } }
  const filtersOf = (template: Template): unknown[] =>
    publisherOf(template).mapping['FilterCriteria'].Filters.map(
      ({ Pattern }: { Pattern: string }) => JSON.parse(Pattern) as unknown,
    )

  test('is called only for participants who have left through the API', () => {
    expect(filtersOf(dev)).toEqual([leaveFilter])
  })

  test('knows the table and the bus, whose rule does not match what it publishes', () => {
    expect(resourceOf(dev, publisher.fnId)).toMatchObject({ MemorySize: 512, Timeout: 60 })
    expect(resourceOf(dev, publisher.fnId)['Environment'].Variables).toEqual({
      TABLE_NAME: 'chat',
      BUS_NAME: { Ref: busId },
      PUBLISH_CHANGES: 'false',
      PUBLISH_BADGES: 'false',
    })
    expect(rule['EventPattern'].source).not.toContain('chat-inbox')
  })

  test('with changes, is called for rows as well, and waits a second for more', () => {
    const template = eventsTemplate({ changes: 'true' })

    expect(filtersOf(template)).toEqual([
      leaveFilter,
      {
        dynamodb: { Keys: { pk: { S: [{ prefix: 'USER#' }] }, sk: { S: [{ prefix: 'ROOM#' }] } } },
      },
    ])
    expect(publisherOf(template).mapping['MaximumBatchingWindowInSeconds']).toBe(1)
    expect(resourceOf(template, publisherOf(template).fnId)['Environment'].Variables).toMatchObject(
      { PUBLISH_CHANGES: 'true', PUBLISH_BADGES: 'false' },
    )
  })
})

test('the outputs are the name of the bus and the URLs of the queues', () => {
  expect(dev.findOutputs('*')).toEqual({
    BusName: { Value: { Ref: busId } },
    QueueUrl: { Value: { Ref: queueId } },
    FailedEventsUrl: { Value: { Ref: failedId } },
    UndeliveredEventsUrl: { Value: { Ref: undeliveredId } },
    UnpublishedChangesUrl: { Value: { Ref: unpublishedId } },
    ProjectionsUrl: { Value: { Ref: projectionsId } },
    FailedProjectionsUrl: { Value: { Ref: failedProjectionsId } },
  })
})
