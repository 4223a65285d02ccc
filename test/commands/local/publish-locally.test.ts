import { setTimeout } from 'node:timers/promises'
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { afterEach, expect, test } from '@jest/globals'
import { publishLocally } from '../../../commands/local/publish-locally.ts'
import { openTableStream } from '../../../commands/local/table-stream.ts'
import { store } from '../../../lib/deps.ts'
import type { PublishedEvent } from '../../../lib/events/publish-changes.ts'
import { startEngineProxy } from '../../support/engine-proxy.ts'
import { at, posted, roomCreated } from '../../support/events.ts'
import { unreachable } from '../../support/faults.ts'
import {
  apply,
  createRoom,
  freshEmail,
  freshEmails,
  freshId,
  leave,
  useTable,
} from '../../support/inbox.ts'
import { intercept } from '../../support/intercept.ts'
import { putItems } from '../../support/put-items.ts'
import { quietErrors } from '../../support/quiet-errors.ts'

useTable()

const log = quietErrors()

let stop = new AbortController()
afterEach(() => {
  stop.abort()
})

/** Publishes from now on. */
const startPublisher = async (maxRecords?: number) => {
  stop = new AbortController()
  const published: PublishedEvent[] = []
  const runs: PublishedEvent[][] = []
  const ended: string[] = []
  const publisher = await publishLocally(store.tableName, {
    put: (events) => {
      published.push(...events)
    },
    onRun: (events) => {
      runs.push(events)
    },
    onEnd: (reason) => {
      ended.push(reason)
    },
    ...(maxRecords !== undefined && { maxRecords }),
    signal: stop.signal,
  })
  return { ...publisher, published, runs, ended, until: makeUntil(published) }
}

/** @returns what waits until there are events such as one, and returns them */
const makeUntil =
  (published: PublishedEvent[]) =>
  async (type: PublishedEvent['type'], of: { email: string }): Promise<PublishedEvent[]> => {
    for (;;) {
      const found = published.filter(
        (event) => event.type === type && event.detail.email === of.email,
      )
      if (found.length > 0) return found
      await setTimeout(20)
    }
  }

test('a leave through the API is published with what it changes in the list, and nothing from before', async () => {
  const { me, roomId } = await createRoom('group')
  const { published, runs, until } = await startPublisher()

  await leave(me, roomId)
  await until('inbox.changed', { email: me })

  expect(published).toEqual(
    expect.arrayContaining([
      {
        type: 'participant.left',
        detail: { occurred_at: expect.any(String), room_id: String(roomId), email: me },
      },
      {
        type: 'inbox.changed',
        detail: {
          occurred_at: expect.any(String),
          sequence: expect.any(String),
          email: me,
          room_id: roomId,
          removed: true,
          unread_count: 0,
          muted: false,
          unread_rooms: 0,
          unread_comments: 0,
        },
      },
    ]),
  )
  expect(published).toHaveLength(2)
  expect(runs.flat()).toHaveLength(2)
})

test('a change of a list is published with the badge of its user', async () => {
  const me = freshEmail()
  const [first, second] = [await createRoom('group', { me }), await createRoom('single', { me })]
  await apply(posted(first.roomId, 1, first.other, at(1)))
  const { until } = await startPublisher()

  await apply(posted(second.roomId, 1, second.other, at(2)))

  const [event] = await until('inbox.changed', { email: me })
  expect(event).toMatchObject({
    detail: { room_id: second.roomId, unread_count: 1, unread_rooms: 2, unread_comments: 2 },
  })
})

test('more changes than a batch takes are published, each once', async () => {
  const emails = freshEmails(100)
  const rooms = [freshId(), freshId(), freshId()]
  await apply(...rooms.map((roomId) => roomCreated(roomId, 'group', emails)))
  const { published } = await startPublisher()

  await apply(...rooms.map((roomId) => posted(roomId, 1, emails[0]!, at(1))))
  while (published.length < 300) await setTimeout(20)

  const pairs = published.map(({ detail }) => `${detail.room_id} ${detail.email}`)
  expect(new Set(pairs).size).toBe(300)
  expect(pairs).toHaveLength(300)
})

test('what could not be published is delivered again, and nothing from before it', async () => {
  const [first, second] = [await createRoom('group'), await createRoom('group')]
  const { published, until } = await startPublisher()
  const isFailing = (input: object) =>
    'IndexName' in input && JSON.stringify(input).includes(second.me)

  await intercept(
    ({ input, send }) => (isFailing(input) ? Promise.reject(unreachable()) : send()),
    async () => {
      await leave(first.me, first.roomId)
      await apply(posted(second.roomId, 1, second.other, at(1)))
      while (log.mock.calls.length === 0) await setTimeout(20)
    },
  )
  await until('inbox.changed', { email: second.me })

  const whose = published.map(({ type, detail }) => `${type} ${detail.email}`)
  expect(whose.filter((one) => one.includes(first.me)).sort()).toEqual([
    `inbox.changed ${first.me}`,
    `participant.left ${first.me}`,
  ])
  expect(whose.filter((one) => one.includes(second.me))).toHaveLength(1)
})

test('after a failure of the engine, it says so once and goes on where it was', async () => {
  const { me, other, roomId } = await createRoom('group')
  const endpoint = process.env['AWS_ENDPOINT_URL_DYNAMODB']!
  const proxy = await startEngineProxy()
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = proxy.endpoint
  const { until } = await startPublisher()

  proxy.refuses = /^DynamoDBStreams/
  while (log.mock.calls.length === 0) await setTimeout(20)
  await apply(posted(roomId, 1, other, at(1)))
  await setTimeout(1500)
  proxy.refuses = undefined
  await until('inbox.changed', { email: me })

  expect(log.mock.calls).toEqual([
    [
      'Nothing is published now, because DynamoDB fails (UnknownOperationException: UnknownError): trying again.',
    ],
  ])
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = endpoint
  proxy.close()
})

test('hidden changes are not published, and others are meanwhile', async () => {
  const [hidden, shown] = [await createRoom('group'), await createRoom('group')]
  const { published, runHidden, until } = await startPublisher()

  await runHidden(
    async () => {
      await apply(posted(hidden.roomId, 1, hidden.other, at(1)))
      await apply(posted(shown.roomId, 1, shown.other, at(1)))
    },
    (change) => change.type === 'inbox.changed' && change.roomId === hidden.roomId,
  )
  await until('inbox.changed', { email: shown.me })
  expect(published.filter(({ detail }) => detail.room_id === hidden.roomId)).toEqual([])

  await apply(posted(hidden.roomId, 2, hidden.other, at(2)))
  await until('inbox.changed', { email: hidden.me })
})

test('it ends with a sentence, and turns the stream off, before many changes make the embedded engine slow', async () => {
  const stream = await openTableStream(store.tableName)
  const { me, roomId } = await createRoom('group')
  const { ended, until } = await startPublisher(300)
  await putItems(
    store,
    Array.from({ length: 301 }, (_, index) => ({ pk: 'filler', sk: String(index) })),
  )
  await leave(me, roomId)
  if (!stream.slowsWrites) {
    await until('inbox.changed', { email: me })
    return
  }
  while (ended.length === 0) await setTimeout(20)

  expect(ended).toEqual([
    'Nothing more is published after 300 changes, because each would make the embedded DynamoDB slower: run npm start again to go on.',
  ])
  const { Table } = await new DynamoDBClient().send(
    new DescribeTableCommand({ TableName: store.tableName }),
  )
  expect(Table?.StreamSpecification?.StreamEnabled ?? false).toBe(false)
})
