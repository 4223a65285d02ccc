/** The detail of `inbox.changed`, of which docs/events.md has an example. */
export interface InboxChanged {
  occurred_at: string
  /** Of two events of the same user, the one with the greater text is newer. */
  sequence: string
  /** An address has no upper-case letters from A to Z. */
  email: string
  room_id: number
  removed: boolean
  unread_count: number
  muted: boolean
  /** With the setting `badges` only. */
  unread_rooms?: number
  unread_comments?: number
}

/** What a function that is the target of a rule receives. */
export interface InboxChangedEvent {
  detail: InboxChanged
}
