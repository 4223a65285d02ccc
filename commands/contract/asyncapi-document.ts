import { type JsonSchema, publishedSchemas, sentSchemas } from './event-schemas.ts'
import { version } from './version.ts'

/** The source of the events that the inbox publishes. */
const publishedSource = 'chat-inbox'

const toMessageName = (direction: string, type: string): string =>
  [direction, ...type.split('.')]
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('')

/** The payload is the detail of an event; its other fields are headers. */
const makeMessages = (
  direction: string,
  source: JsonSchema,
  schemas: Record<string, JsonSchema>,
): Record<string, object> =>
  Object.fromEntries(
    Object.entries(schemas).map(([type, payload]) => [
      toMessageName(direction, type),
      {
        name: type,
        contentType: 'application/json',
        headers: {
          type: 'object',
          required: ['source', 'detail-type'],
          properties: { source, 'detail-type': { const: type } },
        },
        payload,
      },
    ]),
  )

const refer = (messages: Record<string, object>, prefix: string) =>
  Object.keys(messages).map((name) => ({ $ref: `${prefix}/${name}` }))

/** The events on the bus as an AsyncAPI document, seen from the inbox: it receives what a backend sends. */
export const makeAsyncApiDocument = () => {
  const sent = makeMessages(
    'receive',
    { type: 'string', default: 'chat', description: 'The setting eventSource.' },
    sentSchemas,
  )
  const published = makeMessages('publish', { const: publishedSource }, publishedSchemas)
  const messages = { ...sent, ...published }
  const inChannel = '#/channels/bus/messages'
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Chat inbox events',
      version,
      description: 'docs/events.md explains the events in prose, each with an example.',
    },
    defaultContentType: 'application/json',
    servers: {
      eventBridge: {
        host: 'events.{region}.amazonaws.com',
        protocol: 'https',
        description: 'Amazon EventBridge, called with PutEvents.',
        variables: { region: { default: 'us-east-1' } },
      },
    },
    channels: {
      bus: {
        address: 'chat-inbox-{stage}-events',
        description: 'The event bus that the output BusName names.',
        parameters: { stage: { default: 'dev' } },
        messages: Object.fromEntries(
          Object.keys(messages).map((name) => [name, { $ref: `#/components/messages/${name}` }]),
        ),
      },
    },
    operations: {
      receiveEvents: {
        action: 'receive',
        summary: 'What happened in the chat, sent by the chat backend.',
        channel: { $ref: '#/channels/bus' },
        messages: refer(sent, inChannel),
      },
      publishLeaves: {
        action: 'send',
        summary: 'A leave through POST /chat/leave, delivered at least once.',
        channel: { $ref: '#/channels/bus' },
        messages: refer(published, inChannel),
      },
    },
    components: { messages },
  }
}
