import { once } from 'node:events'
import { request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import type { ChatEvent } from '../../lib/domain/events.ts'
import { type ApiResponse, readBytes } from '../support/read-response.ts'
import { credentials, type Outputs, region } from './cdk.ts'
import type { Emulator } from './emulator.ts'

/** Access to the deployment as apps, the chat backend and an operator have it. */
export interface Outside {
  call: (route: string, options?: CallOptions) => Promise<ApiResponse>
  /** Puts events on the bus. @throws Error if the bus does not accept all of them */
  putEvents: (events: (ChatEvent | MalformedEvent)[], source?: string) => Promise<void>
  /** Lets a queue receive what the inbox publishes from now on, as the team of a chat backend does. */
  receivePublished: () => Promise<Published>
  queue: Queue
  failedEvents: Queue
  projections: Queue
  failedProjections: Queue
}

export interface CallOptions {
  token?: string
  headers?: Record<string, string>
  body?: Buffer
}

/** @returns all events so far */
export type Published = () => Promise<{ 'detail-type': string; detail: Record<string, unknown> }[]>

interface MalformedEvent {
  type: string
  [field: string]: unknown
}

/** The most that EventBridge takes in one call. */
const entriesPerCall = 10

export interface Queue {
  attributes: () => Promise<Record<string, string>>
  setAttributes: (attributes: Record<string, string>) => Promise<void>
  /** Returns the bodies of up to 10 messages, which stay in the queue. */
  peek: () => Promise<string[]>
}

export const createOutside = ({ endpoint, port }: Emulator, outputs: Outputs): Outside => {
  const settings = { endpoint, region, credentials }
  const events = new EventBridgeClient(settings)
  const sqs = new SQSClient({ ...settings, useQueueUrlAsEndpoint: false })
  const [apiId] = new URL(outputs.ApiUrl).hostname.split('.')

  return {
    // fetch does not allow the Host header to be set.
    call: async (route, { token, headers, body } = {}) => {
      const [method, path] = route.split(' ')
      const outgoing = request({
        host: '127.0.0.1',
        port,
        method,
        path,
        headers: {
          ...headers,
          host: `${apiId}.execute-api.localhost:${port}`,
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        signal: AbortSignal.timeout(responseLimitMs),
      })
      outgoing.end(body)
      const [response] = await once(outgoing, 'response')
      return readBytes(response.statusCode, response.headers, await buffer(response))
    },

    putEvents: async (chatEvents, source = 'chat') => {
      const entries = chatEvents.map(({ type, ...detail }) => ({
        EventBusName: outputs.BusName,
        Source: source,
        DetailType: type,
        Detail: JSON.stringify(detail),
      }))
      for (let first = 0; first < entries.length; first += entriesPerCall) {
        const { FailedEntryCount, Entries } = await events.send(
          new PutEventsCommand({ Entries: entries.slice(first, first + entriesPerCall) }),
        )
        if (FailedEntryCount !== 0) throw new Error(JSON.stringify(Entries))
      }
    },

    receivePublished: async () => {
      const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'published' }))
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
      )
      const rule = { Name: 'published', EventBusName: outputs.BusName }
      const EventPattern = JSON.stringify({ source: ['chat-inbox'] })
      await events.send(new PutRuleCommand({ ...rule, EventPattern }))
      await events.send(
        new PutTargetsCommand({
          EventBusName: outputs.BusName,
          Rule: rule.Name,
          Targets: [{ Id: 'queue', Arn: Attributes!['QueueArn'] }],
        }),
      )
      const received: Awaited<ReturnType<Published>> = []
      return async () => {
        for (;;) {
          const { Messages = [] } = await sqs.send(
            new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
          )
          if (Messages.length === 0) return received
          received.push(...Messages.map(({ Body }) => JSON.parse(Body!) as (typeof received)[0]))
          for (const { ReceiptHandle } of Messages)
            await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
        }
      }
    },

    queue: queueAt(sqs, outputs.QueueUrl),
    failedEvents: queueAt(sqs, outputs.FailedEventsUrl),
    projections: queueAt(sqs, outputs.ProjectionsUrl),
    failedProjections: queueAt(sqs, outputs.FailedProjectionsUrl),
  }
}

const responseLimitMs = 20_000

const queueAt = (sqs: SQSClient, QueueUrl: string): Queue => ({
  attributes: async () => {
    const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] })
    return (await sqs.send(command)).Attributes ?? {}
  },
  setAttributes: async (Attributes) => {
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }))
  },
  peek: async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
    )
    return Messages.map(({ Body }) => Body!)
  },
})
