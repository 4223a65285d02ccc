import { describe, expect, test } from '@jest/globals'
import type { ChatEvent, NamedParticipant } from '../../lib/domain/events.ts'
import type { Flag } from '../../lib/domain/flags.ts'
import type { RoomType } from '../../lib/domain/room-type.ts'
import { type Call, noteCalls, unitsOf } from '../support/calls.ts'
import {
  at,
  deleted,
  edited,
  flagged,
  joined,
  left,
  named,
  posted,
  read,
  renamed,
  roomCreated,
} from '../support/events.ts'
import { apply, freshId, useTable } from '../support/inbox.ts'
import { message, seedRooms } from '../support/seed.ts'

useTable()

/** A room with two comments, of which nobody has read the second. */
interface Room {
  roomId: number
  type: RoomType
  members: string[]
  /** Of the comments. */
  author: string
  last: string
}

interface EventCosts {
  make: (room: Room) => ChatEvent
  /** What is stored before the event: the whole room, if left out. */
  before?: 'no room' | 'all but the last member'
  personalRoom: Cost
  groupOf20: Cost
}

/** Calls by command, then units. A test that fails prints what to write here. */
interface Cost {
  first: string
  /** Of the same event once more: the queue delivers some twice. */
  again: string
  /** Of the same event with a newer time, such as a profile that is sent at every sign-in. */
  resent: string
}

const later = at(50_000_000)

/** Each flag costs the same. */
const flagCosts = (flag: Flag): EventCosts => ({
  make: ({ roomId, last }) => flagged(flag, roomId, last, later),
  personalRoom: {
    first: '1 BatchExecuteStatement, 1 Query, 2 UpdateItem: 1 read units, 6 write units',
    again: '1 BatchGetItem, 1 GetItem, 1 Query, 1 failed UpdateItem: 4 read units, 0 write units',
    resent: '1 BatchGetItem, 1 GetItem, 1 Query, 1 UpdateItem: 4 read units, 1 write units',
  },
  groupOf20: {
    first: '1 BatchGetItem, 1 PutItem, 1 Query, 2 UpdateItem: 2 read units, 4 write units',
    again: '2 BatchGetItem, 1 GetItem, 1 Query, 1 failed UpdateItem: 4 read units, 0 write units',
    resent: '2 BatchGetItem, 1 GetItem, 1 Query, 1 UpdateItem: 4 read units, 1 write units',
  },
})

/**
 * What each event costs: a type of event that is missing here is an error of the types. A write is "failed" if
 * its condition does not hold, which is how a known fact is noticed. DynamoDB bills it like another write, which
 * the units here leave out, because the engine does not count it.
 */
const costs: Record<ChatEvent['type'], EventCosts> = {
  'room.created': {
    make: ({ roomId, type, members }) => roomCreated(roomId, type, members, later),
    before: 'no room',
    personalRoom: {
      first:
        '2 BatchExecuteStatement, 1 BatchGetItem, 1 GetItem, 1 Query, 2 TransactWriteItems, 2 UpdateItem: 4 read units, 22 write units',
      again:
        '3 BatchGetItem, 2 GetItem, 2 Query, 3 failed UpdateItem: 10 read units, 0 write units',
      resent:
        '3 BatchGetItem, 2 GetItem, 2 Query, 3 UpdateItem, 1 failed UpdateItem: 10 read units, 3 write units',
    },
    groupOf20: {
      first:
        '4 BatchExecuteStatement, 1 BatchGetItem, 1 GetItem, 1 Query, 20 TransactWriteItems, 2 UpdateItem: 23 read units, 202 write units',
      again:
        '3 BatchGetItem, 2 GetItem, 2 Query, 21 failed UpdateItem: 66 read units, 0 write units',
      resent:
        '3 BatchGetItem, 2 GetItem, 2 Query, 21 UpdateItem, 1 failed UpdateItem: 66 read units, 21 write units',
    },
  },
  'room.updated': {
    make: ({ roomId }) => ({
      type: 'room.updated',
      occurred_at: later,
      room_id: roomId,
      room_name: 'new name',
    }),
    personalRoom: {
      first: '1 BatchExecuteStatement, 1 Query, 2 UpdateItem: 1 read units, 6 write units',
      again: '1 BatchGetItem, 1 GetItem, 1 Query, 1 failed UpdateItem: 4 read units, 0 write units',
      resent: '1 BatchGetItem, 1 GetItem, 1 Query, 1 UpdateItem: 4 read units, 1 write units',
    },
    groupOf20: {
      first: '1 BatchExecuteStatement, 1 Query, 2 UpdateItem: 2 read units, 42 write units',
      again:
        '1 BatchGetItem, 1 GetItem, 1 Query, 1 failed UpdateItem: 23 read units, 0 write units',
      resent: '1 BatchGetItem, 1 GetItem, 1 Query, 1 UpdateItem: 23 read units, 1 write units',
    },
  },
  'room.imported': {
    make: ({ roomId, type, members }) => ({
      type: 'room.imported',
      occurred_at: later,
      room_id: roomId,
      room_type: type,
      room_name: 'room',
      room_avatar_url: '',
      created_at: later,
      viewer: members[0]!,
      unread_count: 1,
      last_comment: { comment_id: 2, message, posted_at: later },
      participants: members.map(nameImported),
    }),
    before: 'no room',
    personalRoom: {
      first:
        '2 BatchExecuteStatement, 1 BatchGetItem, 1 GetItem, 1 Query, 2 TransactWriteItems, 2 UpdateItem: 4 read units, 23 write units',
      again:
        '3 BatchGetItem, 2 GetItem, 2 Query, 4 failed UpdateItem: 10 read units, 0 write units',
      resent:
        '3 BatchGetItem, 2 GetItem, 2 Query, 3 UpdateItem, 2 failed UpdateItem: 10 read units, 3 write units',
    },
    groupOf20: {
      first:
        '4 BatchExecuteStatement, 1 BatchGetItem, 1 GetItem, 1 Query, 20 TransactWriteItems, 2 UpdateItem: 24 read units, 203 write units',
      again:
        '3 BatchGetItem, 2 GetItem, 2 Query, 22 failed UpdateItem: 68 read units, 0 write units',
      resent:
        '3 BatchGetItem, 2 GetItem, 2 Query, 21 UpdateItem, 2 failed UpdateItem: 68 read units, 21 write units',
    },
  },
  'participant.joined': {
    make: ({ roomId, last }) => joined(roomId, last, later),
    before: 'all but the last member',
    personalRoom: {
      first:
        '1 BatchGetItem, 1 GetItem, 1 PutItem, 2 Query, 1 TransactWriteItems, 3 UpdateItem: 4 read units, 13 write units',
      again: '3 BatchGetItem, 2 GetItem, 2 Query, 1 failed UpdateItem: 8 read units, 0 write units',
      resent: '3 BatchGetItem, 2 GetItem, 2 Query, 1 UpdateItem: 8 read units, 1 write units',
    },
    groupOf20: {
      first:
        '2 BatchGetItem, 1 GetItem, 2 Query, 1 TransactWriteItems, 3 UpdateItem: 6 read units, 11 write units',
      again: '4 BatchGetItem, 2 GetItem, 2 Query, 1 failed UpdateItem: 9 read units, 0 write units',
      resent: '4 BatchGetItem, 2 GetItem, 2 Query, 1 UpdateItem: 9 read units, 1 write units',
    },
  },
  'participant.left': {
    make: ({ roomId, last }) => left(roomId, last, later),
    personalRoom: {
      first:
        '1 PutItem, 1 Query, 1 TransactWriteItems, 2 UpdateItem, 1 failed UpdateItem: 1 read units, 12 write units',
      again: '1 BatchGetItem, 1 GetItem, 1 Query, 1 failed UpdateItem: 4 read units, 0 write units',
      resent: '1 PutItem, 1 Query, 3 UpdateItem: 1 read units, 5 write units',
    },
    groupOf20: {
      first:
        '1 BatchGetItem, 1 Query, 1 TransactWriteItems, 2 UpdateItem, 1 failed UpdateItem: 2 read units, 10 write units',
      again: '2 BatchGetItem, 1 GetItem, 1 Query, 1 failed UpdateItem: 4 read units, 0 write units',
      resent: '1 BatchGetItem, 1 Query, 3 UpdateItem: 2 read units, 3 write units',
    },
  },
  'participant.muted': flagCosts('muted'),
  'participant.pinned': flagCosts('pinned'),
  'participant.archived': flagCosts('archived'),
  'participant.marked_unread': flagCosts('marked_unread'),
  'comment.posted': {
    make: ({ roomId, author }) => posted(roomId, 3, author, later, message),
    personalRoom: {
      first: '1 BatchExecuteStatement, 1 Query, 2 UpdateItem: 1 read units, 8 write units',
      again: '1 BatchGetItem, 1 GetItem, 1 Query, 1 failed UpdateItem: 4 read units, 0 write units',
      resent: '1 BatchExecuteStatement, 1 Query, 2 UpdateItem: 1 read units, 8 write units',
    },
    groupOf20: {
      first: '1 BatchExecuteStatement, 1 Query, 2 UpdateItem: 2 read units, 62 write units',
      again:
        '1 BatchGetItem, 1 GetItem, 1 Query, 1 failed UpdateItem: 23 read units, 0 write units',
      resent: '1 BatchExecuteStatement, 1 Query, 2 UpdateItem: 2 read units, 62 write units',
    },
  },
  'comment.edited': {
    make: ({ roomId }) => edited(roomId, 2, message.toUpperCase(), later),
    personalRoom: {
      first: '1 BatchExecuteStatement, 1 Query, 2 UpdateItem: 1 read units, 6 write units',
      again: '1 BatchGetItem, 1 GetItem, 1 Query, 1 failed UpdateItem: 4 read units, 0 write units',
      resent: '1 BatchGetItem, 1 GetItem, 1 Query, 1 UpdateItem: 4 read units, 1 write units',
    },
    groupOf20: {
      first: '1 BatchExecuteStatement, 1 Query, 2 UpdateItem: 2 read units, 42 write units',
      again:
        '1 BatchGetItem, 1 GetItem, 1 Query, 1 failed UpdateItem: 23 read units, 0 write units',
      resent: '1 BatchGetItem, 1 GetItem, 1 Query, 1 UpdateItem: 23 read units, 1 write units',
    },
  },
  'comment.deleted': {
    make: ({ roomId }) => deleted(roomId, 2, later),
    personalRoom: {
      first: '1 BatchExecuteStatement, 1 Query, 2 UpdateItem: 1 read units, 8 write units',
      again: '1 BatchGetItem, 1 GetItem, 1 Query, 1 failed UpdateItem: 4 read units, 0 write units',
      resent: '1 BatchGetItem, 1 GetItem, 1 Query, 1 UpdateItem: 4 read units, 1 write units',
    },
    groupOf20: {
      first: '1 BatchExecuteStatement, 1 Query, 2 UpdateItem: 2 read units, 62 write units',
      again:
        '1 BatchGetItem, 1 GetItem, 1 Query, 1 failed UpdateItem: 23 read units, 0 write units',
      resent: '1 BatchGetItem, 1 GetItem, 1 Query, 1 UpdateItem: 23 read units, 1 write units',
    },
  },
  'comment.read': {
    make: ({ roomId, last }) => read(roomId, 2, last, later),
    personalRoom: {
      first: '1 BatchExecuteStatement, 1 Query, 2 UpdateItem: 1 read units, 6 write units',
      again: '1 BatchGetItem, 1 GetItem, 1 Query, 1 failed UpdateItem: 4 read units, 0 write units',
      resent: '1 BatchGetItem, 1 GetItem, 1 Query, 1 UpdateItem: 4 read units, 1 write units',
    },
    groupOf20: {
      first: '1 BatchGetItem, 1 PutItem, 1 Query, 2 UpdateItem: 2 read units, 4 write units',
      again: '2 BatchGetItem, 1 GetItem, 1 Query, 1 failed UpdateItem: 4 read units, 0 write units',
      resent: '2 BatchGetItem, 1 GetItem, 1 Query, 1 UpdateItem: 4 read units, 1 write units',
    },
  },
  'comment.received': {
    make: ({ roomId, last }) => ({ ...read(roomId, 2, last, later), type: 'comment.received' }),
    personalRoom: {
      first:
        '1 BatchExecuteStatement, 1 GetItem, 1 Query, 2 UpdateItem: 2 read units, 6 write units',
      again: '1 BatchGetItem, 2 GetItem, 1 Query, 1 failed UpdateItem: 5 read units, 0 write units',
      resent: '1 BatchGetItem, 2 GetItem, 1 Query, 1 UpdateItem: 5 read units, 1 write units',
    },
    groupOf20: {
      first: '1 GetItem: 1 read units, 0 write units',
      again: '1 GetItem: 1 read units, 0 write units',
      resent: '1 GetItem: 1 read units, 0 write units',
    },
  },
  'profile.updated': {
    make: ({ last }) => renamed(last, 'new name', later),
    personalRoom: {
      first:
        '1 BatchExecuteStatement, 2 GetItem, 2 Query, 4 UpdateItem: 4 read units, 8 write units',
      again: '1 GetItem: 1 read units, 0 write units',
      resent: '1 BatchGetItem, 1 GetItem, 1 Query, 1 UpdateItem: 3 read units, 1 write units',
    },
    groupOf20: {
      first: '1 GetItem, 1 Query, 3 UpdateItem: 2 read units, 3 write units',
      again: '1 GetItem: 1 read units, 0 write units',
      resent: '1 BatchGetItem, 1 GetItem, 1 Query, 1 UpdateItem: 3 read units, 1 write units',
    },
  },
}

const nameImported = (
  email: string,
): NamedParticipant & Record<'last_comment_read_id' | 'last_comment_received_id', number> => ({
  ...named(email),
  last_comment_read_id: 1,
  last_comment_received_id: 1,
})

const makeRoom = (type: RoomType, size: number): Room => {
  const roomId = 1_000_000 + freshId()
  const members = Array.from(
    { length: size },
    (_, index) => `user-${roomId}-${10 + index}@example.com`,
  )
  return { roomId, type, members, author: members[1]!, last: members.at(-1)! }
}

const describeCost = (calls: Call[]): string => {
  const kinds = Map.groupBy(calls, ({ command, error }) => (error ? `failed ${command}` : command))
  const counts = [...kinds.keys()].sort().map((kind) => `${kinds.get(kind)!.length} ${kind}`)
  const { read, write } = unitsOf(calls)
  return `${counts.join(', ')}: ${read} read units, ${write} write units`
}

describe('the calls and units of', () => {
  test.each(
    Object.entries(costs).flatMap(([name, { personalRoom, groupOf20, ...event }]) => [
      {
        name,
        place: 'a personal room',
        type: 'single' as const,
        size: 2,
        cost: personalRoom,
        ...event,
      },
      { name, place: 'a group of 20', type: 'group' as const, size: 20, cost: groupOf20, ...event },
    ]),
  )('$name in $place', async ({ type, size, cost, make, before }) => {
    const room = makeRoom(type, size)
    const participants = before === undefined ? room.members : room.members.slice(0, -1)
    if (before !== 'no room')
      await seedRooms([{ room_id: room.roomId, type, participants, comments: 2 }])
    const event = make(room)

    const first = describeCost(await noteCalls(() => apply(event)))
    const again = describeCost(await noteCalls(() => apply(event)))
    const newer = { ...event, occurred_at: at(50_000_001) }
    const resent = describeCost(await noteCalls(() => apply(newer)))

    expect({ first, again, resent }).toEqual(cost)
  })
})
