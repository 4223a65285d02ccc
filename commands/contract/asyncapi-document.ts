import { readFileSync } from 'node:fs'
import { publishedSource } from '../../lib/domain/published.ts'
import { findEventExample } from './event-examples.ts'
import { type JsonSchema, publishedSchemas, sentSchemas, severalSchemas } from './event-schemas.ts'

/** The version of the project is also that of its events. */
const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string }

const toMessageName = (direction: string, type: string): string =>
  [direction, ...type.split('.')]
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('')

interface Direction {
  verb: 'receive' | 'publish'
  source: JsonSchema
  schemas: Record<string, JsonSchema>
  findExample: (type: string) => { detail: object }
}

/** The payload is the detail of an event; its other fields are headers. */
const makeMessages = ({ verb, source, schemas, findExample }: Direction): Record<string, object> =>
  Object.fromEntries(
    Object.entries(schemas).map(([type, payload]) => [
      toMessageName(verb, type),
      {
        name: type,
        contentType: 'application/json',
        headers: {
          type: 'object',
          required: ['source', 'detail-type'],
          properties: { source, 'detail-type': { const: type } },
        },
        payload,
        examples: [{ payload: findExample(type).detail }],
      },
    ]),
  )

const refer = (messages: Record<string, object>, prefix: string) =>
  Object.keys(messages).map((name) => ({ $ref: `${prefix}/${name}` }))

/** The events on the bus as an AsyncAPI document, seen from the inbox: it receives what a backend sends. */
export const makeAsyncApiDocument = () => {
  const sent = makeMessages({
    verb: 'receive',
    source: { type: 'string', default: 'chat', description: 'The setting eventSource.' },
    schemas: { ...sentSchemas, ...severalSchemas },
    findExample: (type) => findEventExample(type),
  })
  const published = makeMessages({
    verb: 'publish',
    source: { const: publishedSource },
    schemas: publishedSchemas,
    findExample: (type) => findEventExample(type, publishedSource),
  })
  const messages = { ...sent, ...published }
  const inChannel = '#/channels/bus/messages'
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Chat inbox events',
      version,
      description:
        'In an entry of PutEvents, the payload of a message is `Detail`, as JSON in a string, and its headers are `Source` and `DetailType`. docs/events.md explains the events in prose.',
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
      publishChanges: {
        action: 'send',
        summary:
          'A leave through POST /chat/leave, and with the setting changes what changes in the lists of users. Delivered at least once, in any order.',
        channel: { $ref: '#/channels/bus' },
        messages: refer(published, inChannel),
      },
    },
    components: { messages },
  }
}
