import { expect, test } from '@jest/globals'
import { at } from '../support/events.ts'
import { checkPage, type ShownPage } from './check-page.ts'

const row = (room_id: number, over: object = {}): ShownPage['rows'][number] => ({
  last_comment_id: 1,
  last_comment_message: 'hello',
  last_comment_timestamp: at(room_id),
  room_avatar_url: '',
  room_id,
  room_name: '',
  room_type: 'group',
  unread_count: 1,
  marked_unread: false,
  ...over,
})

const right: ShownPage = { rows: [row(3), row(2)], limit: 2, isUnread: true, left: [1] }

test('a sorted page of rooms that are still there is right', () => {
  expect(checkPage(right)).toEqual([])
})

test.each<[string, Partial<ShownPage>, string]>([
  ['with a room twice', { rows: [row(3), row(3)] }, 'it has a room twice'],
  ['with more rooms than its limit', { limit: 1 }, 'it has 2 rooms instead of at most 1'],
  ['with an older room first', { rows: [row(2), row(3)] }, 'it is not sorted'],
  [
    'with the smaller of two ids of the same moment first',
    {
      rows: [
        row(2, { last_comment_timestamp: '2024-01-01T00:00:00Z' }),
        row(3, { last_comment_timestamp: '2024-01-01T00:00:00Z' }),
      ],
    },
    'it is not sorted',
  ],
  ['with a room that was left', { left: [2] }, 'it has room 2, which was left'],
  [
    'of unread rooms with a room that is read',
    { rows: [row(3), row(2, { unread_count: 0 })] },
    'it has a room without unread comments, which is not marked as unread',
  ],
])('a page %s is wrong', (_name, over, problem) => {
  expect(checkPage({ ...right, ...over })).toEqual([problem])
})
