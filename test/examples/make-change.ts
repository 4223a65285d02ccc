import type { PublishedDetails } from '../../lib/domain/published.ts'

/** What the inbox publishes: the types of the recipes must take it. */
export type Change = PublishedDetails['inbox.changed']

export const makeChange = (fields: Partial<Change> & { sequence: string }): Change => ({
  occurred_at: '2026-01-05T09:30:12.000Z',
  email: 'ann@example.com',
  room_id: 7,
  removed: false,
  unread_count: 0,
  muted: false,
  ...fields,
})
