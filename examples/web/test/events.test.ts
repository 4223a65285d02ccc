import { expect, test } from '@jest/globals'
import { listActions, makeActionEvent } from '../src/events.ts'
import { makeRoom } from './make-room.ts'

const titles = (fields: Parameters<typeof makeRoom>[0]) =>
  listActions(makeRoom(fields)).map(({ title }) => title)

test('the menu of a row offers what the room is not yet', () => {
  expect(titles({})).toEqual(['Mark as unread', 'Pin', 'Mute', 'Archive'])
  const shown = { last_comment_id: 1, unread_count: 1 }
  expect(titles({ ...shown, pinned: true, muted: true, archived: true })).toEqual([
    'Mark as read',
    'Unpin',
    'Unmute',
    'Unarchive',
  ])
})

const room = makeRoom({ room_id: 7, last_comment_id: 5 })
const now = Date.parse('2026-03-15T12:00:00Z')
const flag = (name: string, value: boolean) => ({
  'detail-type': `participant.${name}`,
  detail: { occurred_at: '2026-03-15T12:00:00.000Z', room_id: 7, email: 'me', [name]: value },
})

test.each([
  [{}, 'Mark as unread', flag('marked_unread', true)],
  [{}, 'Pin', flag('pinned', true)],
  [{ pinned: true }, 'Unpin', flag('pinned', false)],
  [{}, 'Mute', flag('muted', true)],
  [{ archived: true }, 'Unarchive', flag('archived', false)],
  [
    { marked_unread: true },
    'Mark as read',
    {
      'detail-type': 'comment.read',
      detail: {
        occurred_at: '2026-03-15T12:00:00.000Z',
        room_id: 7,
        email: 'me',
        comment_id: 5,
      },
    },
  ],
  [{ marked_unread: true, last_comment_id: 0 }, 'Mark as read', flag('marked_unread', false)],
])('a room with %j: %s sends its event', (fields, title, event) => {
  const shown = { ...room, ...fields }
  const action = listActions(shown).find((each) => each.title === title)!

  expect(makeActionEvent(action, shown, 'me', now)).toEqual(event)
})
