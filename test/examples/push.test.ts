import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  decidePush,
  makePushHandler,
  type Notification,
  type Seen,
} from '../../examples/publishing/push.ts'
import { readPropertySettings } from '../support/property.ts'
import { makeChange, type Change } from './make-change.ts'

/** The store of a backend, and what its push service was sent. */
const makeBackend = () => {
  const rooms = new Map<number, Seen['room']>()
  const sent: Notification[] = []
  let badge: Seen['badge']
  let failures: Error[] = []
  const handle = makePushHandler({
    update: async (_, roomId, change) => {
      const room = rooms.get(roomId)
      const seen = await change({ ...(room && { room }), ...(badge && { badge }) })
      rooms.set(roomId, seen.room)
      badge = seen.badge
    },
    describe: ({ room_id, unread_count }) =>
      Promise.resolve({ title: `Room ${room_id}`, body: `${unread_count} unread` }),
    send: (_, notification) => {
      const error = failures.pop()
      if (error) return Promise.reject(error)
      sent.push(notification)
      return Promise.resolve()
    },
  })
  return {
    rooms,
    sent,
    badge: () => badge,
    failOnce: () => (failures = [new Error('the push service fails')]),
    receive: async (...changes: Change[]) => {
      for (const detail of changes) await handle({ detail })
    },
  }
}

const comment = makeChange({ sequence: '1', unread_count: 1, unread_comments: 1 })
const secondComment = makeChange({ sequence: '2', unread_count: 2, unread_comments: 2 })
const read = makeChange({ sequence: '3', unread_count: 0, unread_comments: 0 })

/** What was sent: the text of a visible push, and the badge. */
const shownOf = ({ body, badge }: Notification) => [body, badge]

describe('a push', () => {
  test('is visible for each comment, and silent for a read', async () => {
    const { receive, sent } = makeBackend()

    await receive(comment, secondComment, read)

    expect(sent).toEqual([
      { title: 'Room 7', body: '1 unread', badge: 1, collapseId: 'room-7' },
      { title: 'Room 7', body: '2 unread', badge: 2, collapseId: 'room-7' },
      { badge: 0, collapseId: 'room-7' },
    ])
  })

  test('is sent once for a repeated event, and not for one that is late', async () => {
    const { receive, sent } = makeBackend()

    await receive(comment, comment, read, secondComment, comment)

    expect(sent.map(shownOf)).toEqual([
      ['1 unread', 1],
      [undefined, 0],
    ])
  })

  test('is not sent for a muted room, nor for its comments once it is not muted any more', async () => {
    const { receive, sent } = makeBackend()
    const muted = { unread_comments: 0, unread_count: 3 }

    await receive(
      makeChange({ ...muted, sequence: '1', muted: true }),
      makeChange({ ...muted, sequence: '2', muted: false, unread_comments: 3 }),
    )

    expect(sent.map(shownOf)).toEqual([
      [undefined, 0],
      [undefined, 3],
    ])
  })

  test('is not sent for a change of what no number shows, such as a name', async () => {
    const { receive, sent } = makeBackend()

    await receive(comment, { ...comment, sequence: '2' })

    expect(sent).toHaveLength(1)
  })

  test('of a removed room only sets the badge, and no late event brings the room back', async () => {
    const { receive, sent } = makeBackend()
    const removed = makeChange({ sequence: '5', removed: true, unread_count: 0 })

    await receive(comment, { ...removed, unread_comments: 0 }, secondComment)

    expect(sent.map(shownOf)).toEqual([
      ['1 unread', 1],
      [undefined, 0],
    ])
  })

  test('for a comment whose badge is older than that of another room leaves the badge as it is', async () => {
    const { receive, sent } = makeBackend()

    await receive(
      makeChange({ sequence: '2', room_id: 8, unread_count: 1, unread_comments: 2 }),
      comment,
    )

    expect(sent.map(shownOf)).toEqual([
      ['1 unread', 2],
      ['1 unread', undefined],
    ])
  })

  test('has no badge without the setting', async () => {
    const { receive, sent } = makeBackend()

    await receive(makeChange({ sequence: '1', unread_count: 1 }))

    expect(sent.map(shownOf)).toEqual([['1 unread', undefined]])
  })

  test('that fails is sent when the event is delivered again', async () => {
    const { receive, sent, failOnce } = makeBackend()

    failOnce()
    await expect(receive(comment)).rejects.toThrow('the push service fails')
    await receive(comment)

    expect(sent.map(shownOf)).toEqual([['1 unread', 1]])
  })
})

describe('events of a user in any order, some of them repeated', () => {
  const { parameters, testLimitMs } = readPropertySettings(300, 50)
  const log = fc
    .array(
      fc.record({
        room_id: fc.constantFrom(7, 8),
        unread_count: fc.nat(3),
        muted: fc.boolean(),
        unread_comments: fc.nat(3),
      }),
      { minLength: 1, maxLength: 8 },
    )
    .map((changes) =>
      changes.map((change, index) => makeChange({ ...change, sequence: `0${index}` })),
    )
  const deliveries = log.chain((changes) =>
    fc.record({
      changes: fc.constant(changes),
      delivered: fc
        .tuple(
          fc.shuffledSubarray(changes, { minLength: changes.length }),
          fc.array(fc.tuple(fc.nat(20), fc.constantFrom(...changes)), { maxLength: 4 }),
        )
        .map(([all, repeated]) =>
          repeated.reduce((events, [at, event]) => events.toSpliced(at, 0, event), all),
        ),
    }),
  )

  test(
    'end with the newest of each room and the newest badge, which no older one replaces',
    async () => {
      await fc.assert(
        fc.asyncProperty(deliveries, async ({ changes, delivered }) => {
          const { receive, rooms, badge, sent } = makeBackend()
          await receive(...delivered)

          for (const [roomId, room] of rooms)
            expect(room).toMatchObject(
              pick(
                changes.findLast(({ room_id }) => room_id === roomId)!,
                'unread_count',
              ),
            )
          expect(badge()).toEqual(pick(changes.at(-1)!, 'unread_comments'))
          const badges = sent.flatMap((push) => push.badge ?? [])
          expect(badges.at(-1)).toBe(changes.at(-1)!.unread_comments)
        }),
        parameters,
      )
    },
    testLimitMs,
  )

  test(
    'push nothing that is muted or read, and nothing twice',
    () => {
      fc.assert(
        fc.property(deliveries, ({ delivered }) => {
          const seen = new Map<number, Seen>()
          const visible = delivered.filter((change) => {
            const decision = decidePush(seen.get(change.room_id) ?? {}, change)
            seen.set(change.room_id, decision.seen)
            return decision.push?.isVisible
          })
          expect(new Set(visible).size).toBe(visible.length)
          for (const { muted, unread_count } of visible) {
            expect(muted).toBe(false)
            expect(unread_count).toBeGreaterThan(0)
          }
        }),
        parameters,
      )
    },
    testLimitMs,
  )
})

const pick = (change: Change, name: 'unread_count' | 'unread_comments') => ({
  sequence: change.sequence,
  [name]: change[name],
})
