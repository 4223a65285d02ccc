import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { makeAsyncApiDocument } from '../../commands/contract/asyncapi-document.ts'
import { createTable } from '../../commands/local/table.ts'
import { handler as leaveChat } from '../../functions/leave-chat.ts'
import { store } from '../../lib/deps.ts'
import { normalizeEmail } from '../../lib/domain/email.ts'
import type { ChatEvent } from '../../lib/domain/events.ts'
import { applyEvents } from '../../lib/store/apply-events.ts'
import { participantKey } from '../../lib/store/keys.ts'
import { leaveRoom } from '../../lib/store/leave-room.ts'
import { eraseUsers } from '../../lib/store/maintenance/erase-users.ts'
import { rebuildRoom } from '../../lib/store/maintenance/rebuild-room.ts'
import { restoreRoom } from '../../lib/store/maintenance/restore-room.ts'
import { call } from '../support/api-call.ts'
import { byPlace, makeDeliveryTasks } from '../support/deliver.ts'
import { type ApiLeaveCall, eventLog, nameLog } from '../support/event-log.ts'
import {
  at,
  deleted,
  edited,
  inAMinute,
  joined,
  left,
  muted,
  posted,
  read,
  renamed,
  roomCreated,
} from '../support/events.ts'
import { apply, createRoom, freshId, freshRoom, readItem, useTable } from '../support/inbox.ts'
import type { BusEvent } from '../support/bus.ts'
import { usePublisher } from '../support/publisher.ts'
import { readPropertySettings } from '../support/property.ts'

/** A second table, such as one restored from a point in time. */
const restored = { ...store, tableName: `${store.tableName}-restored` }

useTable()

const { publishedBy } = usePublisher()

beforeAll(async () => {
  await createTable(new DynamoDBClient(), restored.tableName)
})

const leaveChats = async (email: string, roomId: number, status = 200): Promise<void> => {
  const request = {
    method: 'POST' as const,
    path: '/chat/leave',
    email,
    query: `room_id=${roomId}`,
  }
  expect((await call(leaveChat, request)).status).toBe(status)
}

const findLeftAt = async (roomId: number, email: string): Promise<unknown> =>
  (await readItem(participantKey(roomId, normalizeEmail(email))))?.['left_at']

const message = makeAsyncApiDocument().components.messages['publishParticipantLeft'] as any
const ajv = new Ajv2020({ validateFormats: false })
const close = (schema: object) => ajv.compile({ ...schema, additionalProperties: false })
const headers = close(message.headers)
const payload = close(message.payload)

/** Expects that docs/asyncapi.yaml describes an event and each of its fields. */
const expectDocumentedEvent = ({ detail, ...sent }: BusEvent): void => {
  headers(sent)
  payload(detail)
  expect([headers.errors, payload.errors]).toEqual([null, null])
}

describe('a leave through the API', () => {
  test.each(['single', 'group'] as const)(
    'of a %s room is published as documented, with its time and the address as the backend writes it',
    async (type) => {
      const { me, roomId } = await createRoom(type, { me: `Zoë.O'Neil-${freshId()}@Example.com` })

      const published = await publishedBy(() => leaveChats(me, roomId))

      expect(published).toEqual([
        {
          source: 'chat-inbox',
          'detail-type': 'participant.left',
          detail: {
            occurred_at: await findLeftAt(roomId, me),
            room_id: String(roomId),
            email: me,
          },
        },
      ])
      published.forEach(expectDocumentedEvent)
    },
  )

  test('is published again after the person joined again', async () => {
    const { me, roomId } = await createRoom('group')
    await leaveChats(me, roomId)
    await apply(joined(roomId, me, inAMinute()))

    const published = await publishedBy(() => leaveChats(me, roomId))

    expect(published).toHaveLength(1)
  })

  test('is published if the room is not created yet', async () => {
    const { me, roomId } = freshRoom()
    await apply(left(roomId, me, at(2)))
    await apply(joined(roomId, me, at(3)))

    const published = await publishedBy(() => leaveChats(me, roomId))

    expect(published).toHaveLength(1)
  })

  test('of a room that the person is not in publishes nothing', async () => {
    const { me } = freshRoom()
    const { roomId } = await createRoom('group')

    expect(await publishedBy(() => leaveChats(me, roomId, 404))).toEqual([])
  })
})

type People = ReturnType<typeof freshRoom>

/** Each event that a room can get, after a comment by the other person. */
const events: [string, (people: People) => ChatEvent][] = [
  ['a leave that the backend reports', ({ me, roomId }) => left(roomId, me, inAMinute())],
  ['a join', ({ me, roomId }) => joined(roomId, me, inAMinute())],
  [
    'a repeated creation',
    ({ me, other, roomId }) => roomCreated(roomId, 'group', [me, other], at(1)),
  ],
  [
    'a new name of the room',
    ({ roomId }) => ({
      type: 'room.updated',
      occurred_at: inAMinute(),
      room_id: roomId,
      room_name: 'renamed',
    }),
  ],
  ['a new name of the person', ({ me }) => renamed(me, 'renamed', inAMinute())],
  ['a comment', ({ me, roomId }) => posted(roomId, 8, me, inAMinute())],
  ['an edited comment', ({ roomId }) => edited(roomId, 7, 'edited', inAMinute())],
  ['a deleted comment', ({ roomId }) => deleted(roomId, 7, inAMinute())],
  ['a read comment', ({ me, roomId }) => read(roomId, 7, me, inAMinute())],
  [
    'a received comment',
    ({ me, roomId }) => ({ ...read(roomId, 7, me, inAMinute()), type: 'comment.received' }),
  ],
  ['a mute', ({ me, roomId }) => muted(roomId, me, inAMinute())],
]

const createGroup = async (): Promise<People> => {
  const people = await createRoom('group')
  await apply(posted(people.roomId, 7, people.other, at(5)))
  return people
}

describe('nothing is published by', () => {
  test.each(events)('%s', async (_, makeEvent) => {
    const people = await createGroup()

    expect(await publishedBy(() => apply(makeEvent(people)))).toEqual([])
  })

  test.each(events)('%s after a leave through the API', async (_, makeEvent) => {
    const people = await createGroup()
    await leaveChats(people.me, people.roomId)

    expect(await publishedBy(() => apply(makeEvent(people)))).toEqual([])
  })

  test('a published leave that the backend sends back', async () => {
    const { me, roomId } = await createRoom('single')
    const [published] = await publishedBy(() => leaveChats(me, roomId))
    const { occurred_at, room_id, email } = published!.detail

    const sentBack = left(Number(room_id), String(email), String(occurred_at))

    expect(await publishedBy(() => apply(sentBack))).toEqual([])
  })

  test('a repeated leave through the API', async () => {
    const { me, roomId } = await createRoom('single')
    await leaveChats(me, roomId)

    expect(await publishedBy(() => leaveChats(me, roomId))).toEqual([])
  })

  test.each(['me', 'other'] as const)(
    'the erasure of a person after a leave through the API (%s)',
    async (who) => {
      const people = await createGroup()
      await leaveChats(people.me, people.roomId)
      const ignore = () => undefined
      const progress = { onRoom: ignore, onPage: ignore, onUnreadable: ignore }

      expect(await publishedBy(() => eraseUsers(store, [people[who]], progress))).toEqual([])
    },
  )

  test('a rebuild of the room after a leave through the API', async () => {
    const { me, roomId } = await createGroup()
    await leaveChats(me, roomId)

    expect(await publishedBy(() => rebuildRoom(store, roomId))).toEqual([])
  })

  test('a leave through the API that is restored from another table', async () => {
    const { me, other, roomId } = freshRoom()
    const creation = roomCreated(roomId, 'group', [me, other])
    await apply(creation)
    await applyEvents(restored, [creation])
    await leaveRoom(restored, { caller: me, roomId })

    const published = await publishedBy(() => restoreRoom(restored, store, roomId))

    expect(await findLeftAt(roomId, me)).toBeDefined()
    expect(published).toEqual([])
  })
})

const { parameters, testLimitMs } = readPropertySettings(8)

test(
  'exactly the leaves through the API are published, for any log of events and calls in any order',
  async () => {
    let firstId = 1000
    /** @returns the event that a call must publish; none if it does not change the participant */
    const leave = async ({ caller, roomId, now }: ApiLeaveCall): Promise<object[]> => {
      const before = await findLeftAt(roomId, caller)
      await leaveRoom({ ...store, now: () => now }, { caller, roomId }).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'room_not_found' })
      })
      const leftAt = await findLeftAt(roomId, caller)
      if (leftAt === before) return []
      // As the newest join spells it: a creation may name somebody twice, in another case.
      const { email } = (await readItem(participantKey(roomId, normalizeEmail(caller))))!
      return [{ occurred_at: leftAt, room_id: String(roomId), email }]
    }
    await fc.assert(
      fc.asyncProperty(eventLog, async (log) => {
        firstId += 1000
        const { deliveries, apiLeaves } = nameLog(log, firstId, { mayReplace: false })
        const expected: object[] = []
        const calls = apiLeaves.map((apiLeave) => ({
          place: apiLeave.place,
          run: async () => {
            expected.push(...(await leave(apiLeave)))
          },
        }))

        const published = await publishedBy(async () => {
          for (const { run } of [...makeDeliveryTasks(deliveries), ...calls].sort(byPlace))
            await run()
        })

        expect(published.map(({ detail }) => detail)).toEqual(expected)
        published.forEach(expectDocumentedEvent)
      }),
      parameters,
    )
  },
  testLimitMs,
)
