import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { store } from '../../lib/deps.ts'
import type { ChatEvent } from '../../lib/domain/events.ts'
import type { EventType } from '../../lib/events/schemas.ts'
import { eraseUsers } from '../../lib/store/maintenance/erase-users.ts'
import {
  at,
  deleted,
  edited,
  joined,
  left,
  flagged,
  posted,
  read,
  renamed,
  roomCreated,
} from '../support/events.ts'
import { apply, createRoom, useTable } from '../support/inbox.ts'
import { scanFor } from '../support/scan-for.ts'

useTable()

const text = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8')
const [, list] = /brings the address back:\n\n(.*?)\n\n/s.exec(text)!
const documented = [...list!.matchAll(/`(.*?)`/g)].map(([, type]) => type)

/** An event of each type after an erasure; the room and comment 1 are older. In a group, receipts are not recorded. */
const laterEvents: Record<EventType, (email: string, roomId: number) => ChatEvent> = {
  'room.created': (email, roomId) => roomCreated(roomId, 'single', [email]),
  'room.updated': (_, room_id) => ({
    type: 'room.updated',
    occurred_at: at(2),
    room_id,
    room_name: 'new name',
  }),
  'participant.joined': (email, roomId) => joined(roomId, email, at(2)),
  'participant.left': (email, roomId) => left(roomId, email, at(2)),
  'participant.muted': (email, roomId) => flagged('muted', roomId, email, at(2)),
  'participant.pinned': (email, roomId) => flagged('pinned', roomId, email, at(2)),
  'participant.archived': (email, roomId) => flagged('archived', roomId, email, at(2)),
  'participant.marked_unread': (email, roomId) => flagged('marked_unread', roomId, email, at(2)),
  'comment.posted': (email, roomId) => posted(roomId, 2, email, at(2)),
  'comment.edited': (_, roomId) => edited(roomId, 1, 'new text', at(2)),
  'comment.deleted': (_, roomId) => deleted(roomId, 1, at(2)),
  'comment.read': (email, roomId) => read(roomId, 1, email, at(2)),
  'comment.received': (email, roomId) => ({
    ...read(roomId, 1, email, at(2)),
    type: 'comment.received',
  }),
  'profile.updated': (email) => renamed(email, 'new name', at(2)),
}

const ignore = () => undefined

test.each(Object.entries(laterEvents))(
  'a %s after an erasure brings the address back if docs/operations.md says so, and another erasure removes it',
  async (type, makeEvent) => {
    const { me, roomId } = await createRoom('single')
    await apply(posted(roomId, 1, me, at(1)))
    const erase = () =>
      eraseUsers(store, [me], { onRoom: ignore, onPage: ignore, onUnreadable: ignore })
    await erase()

    await apply(posted(roomId, 1, me, at(1)), makeEvent(me, roomId))
    const found = await scanFor([me])
    await erase()

    expect(found.length > 0).toBe(documented.includes(type))
    expect(await scanFor([me])).toEqual([])
  },
)
