import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import fc from 'fast-check'
import { createTable } from '../../commands/local/table.ts'
import { handler as listGroupChats } from '../../functions/list-group-chats.ts'
import { handler as listPersonalChats } from '../../functions/list-personal-chats.ts'
import { store } from '../../lib/deps.ts'
import { InboxError } from '../../lib/domain/errors.ts'
import type { ChatEvent } from '../../lib/domain/events.ts'
import { flags } from '../../lib/domain/flags.ts'
import { roomTypes } from '../../lib/domain/room-type.ts'
import { leaveRoom } from '../../lib/store/leave-room.ts'
import { listAllRooms, metaOf, shownIds, type ShownRoom, shownRooms } from '../support/all-rooms.ts'
import { call } from '../support/api-call.ts'
import { makeDeliveryTasks } from '../support/deliver.ts'
import { eventLog, type NamedLog, nameLog } from '../support/event-log.ts'
import { at, flagged, joined, left, posted, read } from '../support/events.ts'
import { apply, createRoom, useTable } from '../support/inbox.ts'
import { readPropertySettings } from '../support/property.ts'

const { parameters, testLimitMs } = readPropertySettings(20)

useTable()
afterEach(() => {
  jest.restoreAllMocks()
})

describe.each(roomTypes)('in a %s room', (type) => {
  const create = async () => {
    const room = await createRoom(type)
    await apply(posted(room.roomId, 1, room.other, at(10)))
    return room
  }
  const showRoom = async (viewer: string): Promise<ShownRoom | undefined> =>
    shownRooms(await listAllRooms(viewer)).at(0)

  describe.each(flags)('the flag %s', (flag) => {
    test('is shown from when it is set until it is taken back, in whatever order the events arrive', async () => {
      const { me, roomId } = await create()

      await apply(flagged(flag, roomId, me, at(20)))
      const set = await showRoom(me)
      await apply(flagged(flag, roomId, me, at(40), false))
      const takenBack = await showRoom(me)
      await apply(flagged(flag, roomId, me, at(30)))
      const setEarlier = await showRoom(me)

      expect(set).toMatchObject({ [flag]: true })
      expect(takenBack).toMatchObject({ [flag]: false })
      expect(setEarlier).toEqual(takenBack)
    })

    test('changes nothing else of the room, and nothing for the others', async () => {
      const { me, other, roomId } = await create()
      const [mine, others] = [await showRoom(me), await listAllRooms(other)]

      await apply(flagged(flag, roomId, me, at(20)))

      expect(await showRoom(me)).toEqual({ ...mine, [flag]: true })
      expect(shownRooms(await listAllRooms(other))).toEqual(shownRooms(others))
    })

    test('is kept while its viewer is not in the room', async () => {
      const { me, roomId } = await create()
      await apply(flagged(flag, roomId, me, at(20)))

      await apply(left(roomId, me, at(30)))
      const gone = await showRoom(me)
      await apply(joined(roomId, me, at(40)))

      expect(gone).toBeUndefined()
      expect(await showRoom(me)).toMatchObject({ room_id: roomId, [flag]: true })
    })

    test('is a change: the ETag of the first page is another one', async () => {
      const { me, roomId } = await create()
      const { etag } = (await listAllRooms(me)).headers

      await apply(flagged(flag, roomId, me, at(20)))

      expect((await listAllRooms(me, '', { 'if-none-match': etag! })).status).toBe(200)
    })
  })

  const inBothOrders: [string, (events: ChatEvent[]) => ChatEvent[]][] = [
    ['first', (events) => events],
    ['last', (events) => events.toReversed()],
  ]

  test.each(inBothOrders)(
    'archived ends with the next comment, also an own one, and not with an earlier one; the flag arrives %s',
    async (_, inOrder) => {
      const shown = await Promise.all(
        (['other', 'me'] as const).map(async (author) => {
          const room = await create()
          const { me, roomId } = room
          const flag = flagged('archived', roomId, me, at(20))
          for (const event of inOrder([flag, posted(roomId, 2, room[author], at(21))]))
            await apply(event)
          return showRoom(me)
        }),
      )
      const { me, other, roomId } = await create()
      for (const event of inOrder([
        flagged('archived', roomId, me, at(20)),
        posted(roomId, 2, other, at(19)),
      ]))
        await apply(event)

      expect(shown).toMatchObject([{ archived: false }, { archived: false }])
      expect(await showRoom(me)).toMatchObject({ archived: true })
    },
  )

  test.each(inBothOrders)(
    'marked_unread ends with the next reading, also of a comment that was read before, and with an own comment; the flag arrives %s',
    async (_, inOrder) => {
      const endings = [
        (roomId: number, me: string) => read(roomId, 1, me, at(21)),
        (roomId: number, me: string) => posted(roomId, 2, me, at(21)),
      ]
      const shown = await Promise.all(
        endings.map(async (ending) => {
          const { me, roomId } = await create()
          await apply(read(roomId, 1, me, at(15)))
          const flag = flagged('marked_unread', roomId, me, at(20))
          for (const event of inOrder([flag, ending(roomId, me)])) await apply(event)
          return showRoom(me)
        }),
      )

      expect(shown).toMatchObject([{ marked_unread: false }, { marked_unread: false }])
    },
  )

  test('marked_unread does not end with an earlier reading, and not with a comment of somebody else', async () => {
    const { me, other, roomId } = await create()

    await apply(
      flagged('marked_unread', roomId, me, at(20)),
      read(roomId, 1, me, at(19)),
      posted(roomId, 2, other, at(21)),
    )

    expect(await showRoom(me)).toMatchObject({ marked_unread: true, unread_count: 1 })
  })

  test('unread=true has a room that is marked as unread and has no unread comments', async () => {
    const { me, roomId } = await create()
    await apply(read(roomId, 1, me, at(15)), flagged('marked_unread', roomId, me, at(20)))

    const response = await listAllRooms(me, 'unread=true')

    expect(shownIds(response)).toEqual([roomId])
    expect(metaOf(response)).toMatchObject({ total_room: 1, unread_comments: 0 })
    expect(response.headers['unread-comments']).toBe('0')
  })

  test.each(['archived', 'muted'] as const)('unread=true has no %s room', async (flag) => {
    const { me, roomId } = await create()
    await apply(flagged(flag, roomId, me, at(20)), flagged('marked_unread', roomId, me, at(20)))

    const response = await listAllRooms(me, 'unread=true')

    expect(shownIds(response)).toEqual([])
    expect(metaOf(response)).toMatchObject({ total_room: 0, unread_comments: 0 })
  })
})

/**
 * Applies a log to the table that the store has at the moment, one delivery after the other, and then the leaves through
 * the API: what they do must not depend on the flags around them.
 */
const applyLog = async ({ deliveries, apiLeaves }: NamedLog): Promise<void> => {
  for (const { run } of makeDeliveryTasks(deliveries)) await run()
  for (const { caller, roomId, now } of apiLeaves)
    await leaveRoom({ ...store, now: () => now }, { caller, roomId }).catch((error: unknown) => {
      if (!(error instanceof InboxError && error.code === 'room_not_found')) throw error
    })
}

const isFlagEvent = ({ type }: ChatEvent): boolean =>
  flags.some((flag) => type === `participant.${flag}`)

/** The log as a chat backend sends it that knows neither flags nor names of authors. */
const withoutAdditions = (log: NamedLog): NamedLog => ({
  ...log,
  deliveries: log.deliveries
    .filter(({ event }) => !isFlagEvent(event))
    .map(({ event, ...delivery }) => {
      if (event.type !== 'comment.posted') return { ...delivery, event }
      const { username, ...comment } = event
      return { ...delivery, event: comment }
    }),
})

test(
  'the lists of the contract have the same bytes with flags and names of authors, and without',
  async () => {
    const plainTable = `${store.tableName}-plain`
    await createTable(new DynamoDBClient(), plainTable)
    jest.spyOn(store, 'random').mockReturnValue(0)
    const listBodies = (users: string[]) =>
      Promise.all(
        users.flatMap((email) =>
          [listPersonalChats, listGroupChats].map(async (handler) => {
            const { status, text } = await call(handler, { email, query: 'limit=100' })
            expect(status).toBe(200)
            return text
          }),
        ),
      )
    let firstId = 1_000_000
    await fc.assert(
      fc.asyncProperty(eventLog, async (log) => {
        firstId += 1000
        const named = nameLog(log, firstId, { mayReplace: false })
        await applyLog(named)
        const bodies = await listBodies(named.users)

        const tableName = jest.replaceProperty(store, 'tableName', plainTable)
        await applyLog(withoutAdditions(named))
        const plain = await listBodies(named.users)
        tableName.restore()

        expect(bodies).toEqual(plain)
      }),
      parameters,
    )
  },
  testLimitMs,
)
