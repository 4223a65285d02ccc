import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { store } from '../../../lib/deps.ts'
import type { ChatEvent } from '../../../lib/domain/events.ts'
import { toTimestamp } from '../../../lib/domain/time.ts'
import { Contention } from '../../../lib/store/errors.ts'
import { countUsers, eraseUsers } from '../../../lib/store/maintenance/erase-users.ts'
import { makeProfileFact } from '../../../lib/store/facts/facts-of-event.ts'
import { recordEvent, recordFacts } from '../../../lib/store/facts/record-event.ts'
import { commentKey, participantKey, roomKey, rowKey, totalKey } from '../../../lib/store/keys.ts'
import { noteCalls } from '../../support/calls.ts'
import {
  at,
  edited,
  joined,
  left,
  named,
  posted,
  read,
  renamed,
  roomCreated,
} from '../../support/events.ts'
import {
  apply,
  createRoom,
  findRow,
  freshEmail,
  freshEmails,
  freshId,
  freshRoom,
  listAll,
  readItem,
  useTable,
} from '../../support/inbox.ts'
import { intercept } from '../../support/intercept.ts'
import { expectAlsoAfterNextEvent } from '../../support/next-event.ts'
import { putItems } from '../../support/put-items.ts'
import { membersOf } from '../../support/members-of.ts'
import { scanFor } from '../../support/scan-for.ts'

useTable()

beforeEach(() => {
  jest.spyOn(store, 'random').mockReturnValue(0)
})
afterEach(() => {
  jest.restoreAllMocks()
})

const quiet = { onRoom: () => undefined, onPage: () => undefined, onUnreadable: () => undefined }
const erase = (...emails: string[]) => eraseUsers(store, emails, quiet)

describe('what the others see', () => {
  test('a personal room looks as after a leave, and its unread comment has no text', async () => {
    const { me, other, roomId } = await createRoom('single')
    await apply(posted(roomId, 1, other, at(1)), posted(roomId, 2, me, at(2), 'my secret'))
    const before = await findRow(other, roomId)

    await erase(me)

    expect(before).toMatchObject({ unread_count: 1, last_comment_message: 'my secret' })
    expect(await findRow(other, roomId)).toEqual({
      ...before,
      last_comment_message: '',
      participants: membersOf(before).filter(({ email }) => email === other),
      room_name: '',
      additions: { ...before!.additions, last_comment_email: '', last_comment_username: '' },
    })
    expect(await scanFor([me, 'my secret'])).toEqual([])
  })

  test('a group keeps its order and counts, and a last comment that was edited has no text', async () => {
    const { me, other, roomId } = await createRoom('group')
    const { roomId: newer } = await createRoom('group', { other })
    await apply(
      posted(roomId, 1, me, at(1), 'first secret'),
      { ...posted(roomId, 2, me, at(2), 'second secret'), username: 'secret name' } as ChatEvent,
      edited(roomId, 2, 'third secret', at(3)),
      posted(newer, 1, other, at(4)),
    )
    const before = await listAll(other, 'group')

    await erase(me)

    expect(before[1]).toMatchObject({ unread_count: 2, last_comment_message: 'third secret' })
    expect(await listAll(other, 'group')).toEqual([
      before[0],
      {
        ...before[1],
        last_comment_message: '',
        additions: { ...before[1]!.additions, last_comment_email: '', last_comment_username: '' },
      },
    ])
    expect(await scanFor([me, 'secret'])).toEqual([])
  })

  test('a group in which the user wrote nothing is not written for the others', async () => {
    const { me, other, roomId } = await createRoom('group')
    const before = await readItem(rowKey(other, roomId))

    await erase(me)

    expect(await readItem(rowKey(other, roomId))).toEqual(before)
  })

  test("a personal room's own name and avatar go if they are the user's", async () => {
    const { me, other, roomId } = freshRoom()
    const { username, avatar_url } = named(me)
    const event = roomCreated(roomId, 'single', [me, other])
    const room = { ...event, room_name: username, room_avatar_url: avatar_url }
    await apply(room)

    await erase(me)
    await apply({ ...room, participants: room.participants.slice(1) })

    expect(await readItem(roomKey(roomId))).not.toHaveProperty('name')
    expect(await findRow(other, roomId)).toMatchObject({ room_avatar_url: '' })
    expect(await scanFor([username, avatar_url])).toEqual([])
  })

  test('a row that should have left the list loses the text too', async () => {
    const { me, other, roomId } = await createRoom('group')
    await apply(posted(roomId, 1, me, at(1), 'stale secret'))
    // The event failed after its fact was recorded, and was not delivered again.
    await recordEvent(store, left(roomId, other, at(2)))

    await erase(me)

    expect(await scanFor(['stale secret'])).toEqual([])
  })
})

describe('where the user is found', () => {
  test('rooms that the user left, is joining, or has a profile in are erased with totals and profile', async () => {
    const { me, roomId } = await createRoom('single')
    await createRoom('group', { me })
    await apply(left(roomId, me, at(1)), joined(freshId(), me, at(2)), renamed(me, 'Me', at(3)))

    const counts = await erase(me)

    expect(counts.get(me)).toEqual({ rooms: 3, comments: 0, rows: 3, isKnown: true })
    expect(await scanFor([me])).toEqual([])
  })

  test('rooms without a row of the user are found too: a comment, a read, a join that stopped', async () => {
    const { other, roomId } = await createRoom('group')
    const me = freshEmail()
    const { roomId: readOnly } = await createRoom('group')
    const { roomId: halfJoined } = await createRoom('single')
    await apply(posted(roomId, 1, me, at(1), 'from outside'), read(readOnly, 1, me, at(1)))
    // The join stopped before it wrote the stub.
    const fact = makeProfileFact(participantKey(halfJoined, me), named(me), at(2))
    await recordFacts(store, [fact])

    const counts = await erase(me)

    expect(counts.get(me)).toEqual({ rooms: 2, comments: 1, rows: 0, isKnown: true })
    expect(await findRow(other, roomId, 'group')).toMatchObject({
      unread_count: 1,
      last_comment_message: '',
    })
    expect(await scanFor([me, 'from outside'])).toEqual([])
  })

  test('any way of writing the address is the same user', async () => {
    const { other, roomId } = freshRoom()
    const me = freshEmail()
    await apply(roomCreated(roomId, 'single', [` ${me.toUpperCase()} `, other]))

    await erase(me)

    expect(await scanFor([me])).toEqual([])
  })

  test('more rooms than a page, and more users than one scan looks for', async () => {
    const { me, other: last } = await createRoom('group')
    const stubs = Array.from({ length: 55 }, () => rowKey(me, freshId()))
    await putItems(
      store,
      stubs.map((key) => ({ ...key })),
    )

    const counts = await erase(me, ...freshEmails(100), last)

    expect(counts.get(me)).toEqual({ rooms: 1, comments: 0, rows: 56, isKnown: true })
    expect(counts.get(last)).toEqual({ rooms: 1, comments: 0, rows: 1, isKnown: true })
    expect(await scanFor([me, last])).toEqual([])
  })

  test('a user who is not there is not known', async () => {
    const me = freshEmail()

    expect((await erase(me)).get(me)).toEqual({ rooms: 0, comments: 0, rows: 0, isKnown: false })
  })
})

test('events that are delivered again bring back neither the text nor the author of a comment', async () => {
  const { me, other, roomId } = await createRoom('group')
  const comment = [
    posted(roomId, 1, me, at(1), 'my secret'),
    edited(roomId, 1, 'my second secret', at(2)),
  ]
  await apply(...comment)

  await erase(me)
  await apply(...comment)

  await expectAlsoAfterNextEvent([roomId], async () => {
    expect(await scanFor([me, 'secret'])).toEqual([])
    expect(await readItem(commentKey(roomId, 1))).toHaveProperty('posted_at')
    expect(await findRow(other, roomId, 'group')).toMatchObject({ unread_count: 1 })
  })
})

test('a user who joins again meanwhile is erased again', async () => {
  const { me, other, roomId } = await createRoom('single')
  let isFirst = true

  await intercept(
    async ({ command, send }) => {
      if (command === 'DeleteItem' && isFirst) {
        isFirst = false
        const inTheFuture = new Date(Date.now() + 60_000).toISOString()
        await apply(joined(roomId, me, inTheFuture))
      }
      return send()
    },
    () => erase(me),
  )

  await expectAlsoAfterNextEvent([roomId], async () => {
    expect(await findRow(other, roomId)).toMatchObject({ room_name: '' })
    expect(await scanFor([me])).toEqual([])
  })
})

test('a room that appears before the totals are deleted is erased too', async () => {
  const { me, other } = await createRoom('single')
  let isFirst = true

  await intercept(
    async ({ command, input, send }) => {
      const { sk } = (input['Key'] ?? {}) as { sk?: string }
      if (command === 'DeleteItem' && isFirst && sk === totalKey(me, 'single').sk) {
        isFirst = false
        await createRoom('single', { me, other })
      }
      return send()
    },
    () => erase(me),
  )

  expect(isFirst).toBe(false)
  expect(await scanFor([me])).toEqual([])
})

test('a user who joins again all the time is reported with the room, and nothing runs for ever', async () => {
  const { me, roomId } = await createRoom('group')
  const { roomId: quietId } = await createRoom('group', { me })
  const reported: unknown[] = []
  let ahead = 60_000

  const counts = await intercept(
    async ({ command, input, send }) => {
      const { sk } = (input['Key'] ?? {}) as { sk?: string }
      if (command === 'DeleteItem' && sk === participantKey(roomId, me).sk)
        await apply(joined(roomId, me, toTimestamp(Date.now() + (ahead += 1000))))
      return send()
    },
    () =>
      eraseUsers(store, [me], {
        ...quiet,
        onUnreadable: (...report) => reported.push(report),
      }),
  )

  expect(reported).toEqual([[me, roomId, expect.stringContaining('joins again all the time')]])
  expect(counts.get(me)).toMatchObject({ rooms: 1 })
  expect(await readItem(participantKey(quietId, me))).toBeUndefined()
})

test('a comment of the user that arrives meanwhile is erased as well', async () => {
  const { me, other, roomId } = await createRoom('group')
  await apply(posted(roomId, 1, me, at(1), 'my secret'))
  let isFirst = true

  await intercept(
    async ({ command, send }) => {
      if (command === 'PutItem' && isFirst) {
        isFirst = false
        await apply(posted(roomId, 2, me, at(2), 'late secret'))
      }
      return send()
    },
    () => erase(me),
  )

  expect(isFirst).toBe(false)
  await expectAlsoAfterNextEvent([roomId], async () => {
    expect(await findRow(other, roomId, 'group')).toMatchObject({ unread_count: 2 })
    expect(await scanFor([me, 'secret'])).toEqual([])
  })
})

test('a count says what would be erased, and writes nothing', async () => {
  const { me, roomId } = await createRoom('single')
  await createRoom('group', { me })
  await apply(posted(roomId, 1, me, at(1)), posted(roomId, 2, me, at(2)))
  let readUnits = 0
  let counted: unknown

  const calls = await noteCalls(async () => {
    const onPage = (page: { readUnits: number }) => (readUnits += page.readUnits)
    counted = await countUsers(store, [me], { onPage })
  })
  const erased = await erase(me)

  expect(new Set(calls.map(({ command }) => command))).toEqual(new Set(['Scan']))
  expect(counted).toEqual(erased)
  expect(erased.get(me)).toEqual({ rooms: 2, comments: 2, rows: 2, isKnown: true })
  expect(readUnits).toBeGreaterThan(0)
})

test('throttled calls of every kind are repeated', async () => {
  const { me, other, roomId } = await createRoom('single')
  await apply(posted(roomId, 1, me, at(1), 'my secret'))
  const throttled = new Map<string, number>()

  await intercept(
    ({ command, send }) => {
      const times = (throttled.get(command) ?? 0) + 1
      throttled.set(command, times)
      return times <= 2 ? Promise.reject(new Contention()) : send()
    },
    () => erase(me),
  )

  expect(throttled.size).toBe(8)
  expect(await findRow(other, roomId)).toMatchObject({ last_comment_message: '' })
  expect(await readItem(participantKey(roomId, me))).toBeUndefined()
  expect(await scanFor([me, 'my secret'])).toEqual([])
})

test('a room with an item that cannot be read is reported once, and the user is erased from the others', async () => {
  const { me, roomId } = await createRoom('group')
  const { roomId: sound } = await createRoom('group', { me })
  await putItems(store, [{ ...commentKey(roomId, 3), posted_at: 5, author: me }])
  const reported: unknown[] = []

  const counts = await eraseUsers(store, [me], {
    ...quiet,
    onUnreadable: (...one) => reported.push(one),
  })

  const reason = `room ${roomId}, comment 3: the attribute posted_at is not a string: correct it in the table`
  expect(reported).toEqual([[me, roomId, reason]])
  expect(counts.get(me)).toMatchObject({ rooms: 1, rows: 1 })
  expect(await readItem(participantKey(sound, me))).toBeUndefined()
})
