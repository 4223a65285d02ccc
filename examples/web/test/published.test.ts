import { describe, expect, test } from '@jest/globals'
import {
  addPublished,
  countPublished,
  describeChange,
  type PublishedEvent,
} from '../src/published.ts'

const makeEvent = (id: number, detail: Partial<PublishedEvent['detail']> = {}): PublishedEvent => ({
  id,
  'detail-type': 'removed' in detail ? 'inbox.changed' : 'participant.left',
  detail: { room_id: 1, email: 'ana@example.com', ...detail },
})
const makeEvents = (...ids: number[]) => ids.map((id) => makeEvent(id))
const idsOf = (events: PublishedEvent[]) => events.map(({ id }) => id)

describe('the published events', () => {
  test('have the newest one on top', () => {
    const first = addPublished([], makeEvents(1, 2))

    expect(idsOf(addPublished(first, makeEvents(3, 4)))).toEqual([4, 3, 2, 1])
    expect(idsOf(addPublished(first, []))).toEqual([2, 1])
  })

  test('are at most twenty', () => {
    const ids = Array.from({ length: 30 }, (_, index) => index + 1)

    const shown = addPublished(makeEvents(0), makeEvents(...ids))

    expect(idsOf(shown)).toEqual(ids.slice(10).toReversed())
  })

  test('are only the new ones when the server was started again', () => {
    expect(idsOf(addPublished(makeEvents(7, 6), makeEvents(1, 2)))).toEqual([2, 1])
  })
})

test.each([
  [{}, ''],
  [{ removed: false, unread_count: 3, muted: false }, '3 unread'],
  [
    { removed: false, unread_count: 3, muted: true, unread_comments: 0 },
    '3 unread, muted, badge 0',
  ],
  [{ removed: true, unread_count: 0, muted: false, unread_comments: 7 }, 'removed, badge 7'],
])('the change %j is described as "%s"', (detail, text) => {
  expect(describeChange(makeEvent(1, detail))).toBe(text)
})

test('events are counted by their type', () => {
  const changed = makeEvent(1, { removed: true })

  expect(countPublished([makeEvent(1), changed, changed])).toBe(
    '1 participant.left, 2 inbox.changed',
  )
})
