import { once } from 'node:events'
import { type IncomingHttpHeaders, request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { credentials, type Outputs, region } from './cdk.ts'
import type { Emulator } from './emulator.ts'

/** Access to the deployment as apps, the chat backend and an operator have it. */
export interface Outside {
  call: (route: string, options?: CallOptions) => Promise<Answer>
  /** Puts events on the bus. @throws Error if the bus does not accept all of them */
  putEvents: (events: ChatEvent[], source?: string) => Promise<void>
  queue: Queue
  failedEvents: Queue
}

export interface CallOptions {
  token?: string
  headers?: Record<string, string>
  body?: string
}

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  bytes: Buffer
  /** The parsed JSON body, or undefined without a body. */
  document: any
}

export type ChatEvent = [type: string, detail: object]

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
        signal: AbortSignal.timeout(answerLimitMs),
      })
      outgoing.end(body)
      const [answer] = await once(outgoing, 'response')
      const bytes = await buffer(answer)
      const isJson = answer.headers['content-encoding'] === undefined && bytes.length > 0
      return {
        status: answer.statusCode,
        headers: answer.headers,
        bytes,
        document: isJson ? JSON.parse(bytes.toString()) : undefined,
      }
    },

    putEvents: async (chatEvents, source = 'chat') => {
      const { FailedEntryCount, Entries } = await events.send(
        new PutEventsCommand({
          Entries: chatEvents.map(([type, detail]) => ({
            EventBusName: outputs.BusName,
            Source: source,
            DetailType: type,
            Detail: JSON.stringify(detail),
          })),
        }),
      )
      if (FailedEntryCount !== 0) throw new Error(JSON.stringify(Entries))
    },

    queue: queueAt(sqs, outputs.QueueUrl),
    failedEvents: queueAt(sqs, outputs.FailedEventsUrl),
  }
}

const answerLimitMs = 20_000

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
