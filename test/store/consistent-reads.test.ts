import { expect, test } from '@jest/globals'
import { store } from '../../lib/deps.ts'
import type { ChatEvent } from '../../lib/domain/events.ts'
import { findUncreatedRooms } from '../../lib/store/maintenance/find-uncreated-rooms.ts'
import { countUsers, eraseUsers } from '../../lib/store/maintenance/erase-users.ts'
import { isRoomStored } from '../../lib/store/maintenance/is-room-stored.ts'
import { rebuildRoom } from '../../lib/store/maintenance/rebuild-room.ts'
import { rebuildUser } from '../../lib/store/maintenance/rebuild-user.ts'
import { spreadProfile } from '../../lib/store/maintenance/spread-profile.ts'
import { roomTypes } from '../../lib/domain/room-type.ts'
import { encodeCursor } from '../../lib/store/rows/cursor.ts'
import { listChanges } from '../../lib/store/rows/list-changes.ts'
import { listRoomsById } from '../../lib/store/rows/list-rooms-by-id.ts'
import { listRooms } from '../../lib/store/rows/list-rooms.ts'
import { listRoomsOfUser } from '../../lib/store/maintenance/verify/compare-user.ts'
import { type Call, noteCalls } from '../support/calls.ts'
import {
  at,
  deleted,
  joined,
  left,
  muted,
  posted,
  read,
  renamed,
  roomCreated,
} from '../support/events.ts'
import { apply, freshEmail, freshId, leave, useTable } from '../support/inbox.ts'
import { verifyEvents } from '../support/verify.ts'

useTable()

/** Two people who share a personal room and a group. */
const freshPeople = () => ({
  me: freshEmail(),
  other: freshEmail(),
  roomId: freshId(),
  groupId: freshId(),
})

type People = ReturnType<typeof freshPeople>

const makeEvents = ({ me, other, roomId, groupId }: People): ChatEvent[] => [
  renamed(me, 'Me', at(0)),
  roomCreated(roomId, 'single', [me, other]),
  roomCreated(groupId, 'group', [me, other]),
  ...[roomId, groupId].flatMap((id) => [
    posted(id, 1, me, at(1)),
    posted(id, 2, other, at(2)),
    deleted(id, 2, at(3)),
    read(id, 1, other, at(4)),
    muted(id, other, at(5)),
  ]),
  joined(groupId, `third-${me}`, at(6)),
  left(groupId, `third-${me}`, at(7)),
]

const progress = { onRoom: () => undefined, onPage: () => undefined, onUnreadable: () => undefined }

const isConsistent = ({ input: { RequestItems, ConsistentRead } }: Call): boolean =>
  RequestItems === undefined
    ? ConsistentRead === true
    : Object.values(RequestItems as Record<string, { ConsistentRead?: boolean }>).every(
        (keys) => keys.ConsistentRead,
      )

// The engine of the tests returns consistent data for every read, so no other test notices a read that does not ask for it.
test.each<[string, (people: People) => Promise<unknown>]>([
  ['new events', () => apply(...makeEvents(freshPeople()))],
  ['the same events again', (people) => apply(...makeEvents(people))],
  ['a profile', ({ other }) => apply(renamed(other, 'Ann', at(50)))],
  [
    'a page',
    ({ me }) => listRooms(store, { caller: me, types: ['single'], filter: {}, page: 1, limit: 1 }),
  ],
  [
    'a page behind a cursor',
    ({ me, roomId }) => {
      const after = { timestamp: at(99), commentId: 99, roomId }
      const cursor = encodeCursor('single', { page: 2, after })
      return listRooms(store, {
        caller: me,
        types: ['single'],
        filter: {},
        page: 1,
        limit: 1,
        cursor,
      })
    },
  ],
  [
    'a list of unread rooms',
    ({ me }) =>
      listRooms(store, {
        caller: me,
        types: ['group'],
        filter: { unread: true },
        page: 1,
        limit: 1,
      }),
  ],
  [
    'the list of all rooms, and what changed since',
    async ({ me: caller }) => {
      const page = { types: roomTypes, filter: {}, page: 1, limit: 1 }
      const { syncToken } = await listRooms(store, { caller, ...page })
      return listChanges(store, { caller, since: syncToken! })
    },
  ],
  [
    'rooms by their ids',
    ({ me, roomId }) => listRoomsById(store, { caller: me, roomIds: [roomId] }),
  ],
  [
    'a verification',
    async (people) => {
      const { me, roomId } = people
      await verifyEvents(makeEvents(people))
      await listRoomsOfUser(store, me, ['single', 'group'])
      await findUncreatedRooms(store, [roomId])
    },
  ],
  ['a leave', ({ me, roomId }) => leave(me, roomId)],
  [
    'a rebuild',
    async ({ me, roomId }) => {
      await isRoomStored(store, roomId)
      await rebuildRoom(store, roomId)
      await rebuildUser(store, me)
      await spreadProfile(store, me)
    },
  ],
  ['a dry run of an erasure', ({ me }) => countUsers(store, [me], progress)],
  ['an erasure', ({ me }) => eraseUsers(store, [me], progress)],
])('%s reads consistently, so that nothing that was written before is missed', async (_, work) => {
  const people = freshPeople()
  await apply(...makeEvents(people))

  const calls = await noteCalls(() => work(people))

  const reads = calls.filter(({ command }) => /Get|Query|Scan/.test(command))
  expect(reads.length).toBeGreaterThan(0)
  expect(reads.filter((call) => !isConsistent(call))).toEqual([])
})
