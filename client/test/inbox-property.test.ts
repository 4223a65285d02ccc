import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { readPropertySettings } from '../../test/support/property.ts'
import { createClient, createInbox, type Inbox, type Room } from '../src/index.ts'
import { createFakeServer, errors, makeRoom } from '../testing/index.ts'

/**
 * For any changes of the server's list between the requests of any syncs, with refused and forgotten tokens, with
 * leaves and restarts: after one more sync, the copy is the server's list.
 */
const { parameters, testLimitMs } = readPropertySettings(100)

const roomId = fc.integer({ min: 1, max: 320 })
/** A change of the server's list. */
const change = fc.oneof(
  fc.record({ kind: fc.constant('comment' as const), roomId }),
  fc.record({ kind: fc.constant('read' as const), roomId }),
  fc.record({ kind: fc.constant('remove' as const), roomId }),
  fc.record({ kind: fc.constant('archive' as const), roomId }),
)
/** Something that the app does, and what happens during each of its requests. */
const step = fc.record({
  act: fc.constantFrom('sync', 'sync', 'sync', 'leave', 'leave during a sync', 'restart'),
  roomId,
  changes: fc.array(fc.array(change, { maxLength: 6 }), { maxLength: 6 }),
  fault: fc.constantFrom(undefined, undefined, undefined, 'forget', 'refuse'),
})

test(
  'after any changes, the copy ends as the list of the server',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(310), fc.array(step, { maxLength: 12 }), async (count, steps) => {
        const server = createFakeServer(
          Array.from({ length: count }, (_, index) => makeRoom({ room_id: index + 1 })),
        )
        let commentId = 0
        const apply = ({ kind, roomId: room_id }: { kind: string; roomId: number }) => {
          const known = server.rooms.find((room) => room.room_id === room_id)
          server.rooms = server.rooms.filter((room) => room !== known)
          if (kind === 'remove') return
          const room = known ?? makeRoom({ room_id })
          if (kind === 'comment') {
            commentId += 1
            server.rooms.push({
              ...room,
              archived: false,
              unread_count: room.unread_count + 1,
              last_comment_id: commentId,
              last_comment_timestamp: new Date(Date.UTC(2026, 1) + commentId).toISOString(),
            })
          } else if (kind === 'read') server.rooms.push({ ...room, unread_count: 0 })
          else server.rooms.push({ ...room, archived: true })
        }

        let pending: (typeof steps)[number]['changes'] = []
        const client = createClient({
          baseUrl: 'https://fake.example.com',
          getToken: () => 'token',
          fetch: async (...request) => {
            pending.shift()?.forEach(apply)
            const response = await server.fetch(...request)
            pending.shift()?.forEach(apply)
            await new Promise(setImmediate)
            return response
          },
        })
        let text: string | undefined
        const open = () =>
          createInbox({
            client,
            storage: { load: () => text, save: (newest) => void (text = newest) },
          })
        let inbox = open()

        for (const { act, roomId: left, changes, fault } of steps) {
          pending = [...changes]
          if (fault === 'forget') server.nextResponses = [errors.sync_expired]
          if (fault === 'refuse') server.nextResponses = [errors.forbidden]
          if (act === 'restart') {
            inbox.close()
            inbox = open()
          } else if (act === 'sync') await inbox.sync()
          else if (act === 'leave') await inbox.leave(left)
          else await Promise.all([inbox.sync(), inbox.leave(left)])
          server.nextResponses = []
        }
        pending = []
        await inbox.sync()

        const expected = [...server.rooms].sort(compare)
        expect(inbox.getSnapshot().rooms).toEqual(expected)
        expect(inbox.getSnapshot().badge.comments).toBe(countUnread(expected))
      }),
      parameters,
    )
  },
  testLimitMs,
)

const compare = (a: Room, b: Room): number =>
  b.last_comment_timestamp.localeCompare(a.last_comment_timestamp) || b.room_id - a.room_id

const countUnread = (rooms: Inbox['getSnapshot'] extends () => { rooms: infer R } ? R : never) =>
  rooms.reduce((sum, { unread_count, archived }) => sum + (archived ? 0 : unread_count), 0)
