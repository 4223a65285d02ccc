import { expect, test } from '@jest/globals'
import { EventsStack } from '../../infra/events-stack.ts'
import { onCall, propertiesOf, table, templateOf } from '../support/templates.ts'
import { eventsQueue, projectionsQueue } from './settings.ts'

const template = templateOf(
  (app, settings) => new EventsStack(app, 'chat-inbox-events', { settings, table, onCall }),
  { stage: 'staging' },
)

test.each([
  ['events', eventsQueue, false],
  ['projections', projectionsQueue, true],
])('the queue of %s is simulated as it is deployed', (_, settings, isFifo) => {
  const seconds = (ms: number) => ms / 1000
  const queue = propertiesOf(template, 'AWS::SQS::Queue').find(
    ({ RedrivePolicy, FifoQueue = false }) => RedrivePolicy && FifoQueue === isFifo,
  )
  expect(queue).toMatchObject({
    VisibilityTimeout: seconds(settings.visibilityMs),
    RedrivePolicy: { maxReceiveCount: settings.maxReceives },
    ...(isFifo && { DelaySeconds: seconds(settings.delayMs) }),
  })
  const mapping = propertiesOf(template, 'AWS::Lambda::EventSourceMapping').find(
    ({ EventSourceArn }) =>
      EventSourceArn['Fn::GetAtt']?.[0].startsWith(isFifo ? 'Projections' : 'Queue'),
  )
  expect(mapping).toMatchObject({
    BatchSize: settings.batchSize,
    ScalingConfig: { MaximumConcurrency: settings.concurrency },
    ...(!isFifo && { MaximumBatchingWindowInSeconds: seconds(settings.windowMs) }),
  })
  const ofQueues = propertiesOf(template, 'AWS::Lambda::Function').filter(
    ({ Environment }) => !('BUS_NAME' in Environment.Variables),
  )
  expect(ofQueues).toHaveLength(2)
  for (const fn of ofQueues)
    expect(fn).toMatchObject({
      MemorySize: settings.memoryMb,
      Timeout: seconds(settings.timeLimitMs),
    })
})
