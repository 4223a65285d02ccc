import { describe, expect, test } from '@jest/globals'
import type { Room } from '../../../client/src/index.ts'
import { countUnread, nameAuthor, nameRoom, selectRooms, type Tab } from '../src/rooms.ts'
import { makeRoom } from './make-room.ts'

const rooms = [
  makeRoom({ room_id: 1, unread_count: 1 }),
  makeRoom({ room_id: 2, unread_count: 2, room_type: 'single', pinned: true }),
  makeRoom({ room_id: 3, unread_count: 4, archived: true }),
  makeRoom({ room_id: 4, unread_count: 8, muted: true }),
  makeRoom({ room_id: 5, unread_count: 16, room_type: 'single' }),
  makeRoom({ room_id: 6, unread_count: 32, pinned: true }),
]

test.each<[Tab, boolean, number[]]>([
  ['all', false, [2, 6, 1, 4, 5]],
  ['single', false, [2, 5]],
  ['group', false, [6, 1, 4]],
  ['group', true, [3]],
  ['single', true, []],
])('the tab %s with archived %s has its rooms, pinned first', (tab, archived, ids) => {
  expect(selectRooms(rooms, tab, archived).map(({ room_id }) => room_id)).toEqual(ids)
})

test('a badge leaves out muted and archived rooms', () => {
  expect(countUnread(rooms, 'all')).toBe(51)
  expect(countUnread(rooms, 'single')).toBe(18)
  expect(countUnread(rooms, 'group')).toBe(33)
})

describe('the author of the last comment', () => {
  const room = (email: string, username: string, room_type: Room['room_type'] = 'group') =>
    makeRoom({ last_comment_email: email, last_comment_username: username, room_type })

  test.each([
    ['the name that was sent', room('ann@example.com', 'Ann'), 'Ann'],
    ['the address without its domain if no name was sent', room('ann@example.com', ''), 'ann'],
    ['nobody if the author was erased', room('', ''), ''],
    ['nobody in a personal room', room('ann@example.com', 'Ann', 'single'), ''],
    ['"You" for the user', room('me@example.com', 'Me'), 'You'],
    ['"You" in a personal room, too', room('me@example.com', 'Me', 'single'), 'You'],
  ])('is %s', (_, given, author) => {
    expect(nameAuthor(given, 'Me@example.com')).toBe(author)
  })
})

test.each<[Partial<Room>, string]>([
  [{ room_name: 'Trip' }, 'Trip'],
  [{ room_name: ' ' }, 'Group without a name'],
  [{ room_type: 'single', room_name: 'Ann' }, 'Nobody else is here'],
])('a room with %j is named %s', (fields, name) => {
  expect(nameRoom(makeRoom(fields))).toBe(name)
})
