import type { InboxChanged, InboxChangedEvent } from './inbox-changed.ts'

/** What your store knows of a user and a room before an event. It starts empty. */
export interface Seen {
  /** The newest event of the room. It stays when the room is removed, so that a late event is known to be late. */
  room?: { sequence: string; unread_count: number }
  /** The newest event of the user, in any room, that had a badge. */
  badge?: { sequence: string; unread_comments: number }
}

export interface Push {
  /** Whether the user sees it. Otherwise it only sets the badge. */
  isVisible: boolean
  /** Left out if the badge stays as it is. */
  badge?: number
}

/**
 * Decides what an event sends to the user's devices, and what the store knows afterwards. The room and the badge each
 * have their newest event: one that is the newest of its room may still have an older badge than another room's. A
 * repeated event, and one that is late, is not the newest.
 *
 * A push is visible if unread_count grew and the room is not muted. The count does not say which comments it counts, so
 * a read and a comment that arrive as one event, or swapped, may push nothing. The badge is right in any case.
 */
export const decidePush = (seen: Seen, change: InboxChanged): { push?: Push; seen: Seen } => {
  const { sequence, unread_count, unread_comments, muted } = change
  const isNewest = (known?: { sequence: string }) => !known || sequence > known.sequence
  const isNews = isNewest(seen.room)
  const isVisible = isNews && !muted && unread_count > (seen.room?.unread_count ?? 0)
  const hasBadge = unread_comments !== undefined && isNewest(seen.badge)
  const setsBadge = hasBadge && unread_comments !== seen.badge?.unread_comments
  return {
    ...((isVisible || setsBadge) && {
      push: { isVisible, ...(setsBadge && { badge: unread_comments }) },
    }),
    seen: {
      ...seen,
      ...(isNews && { room: { sequence, unread_count } }),
      ...(hasBadge && { badge: { sequence, unread_comments } }),
    },
  }
}

/** What a push service such as APNs or FCM is sent. Without a title and a body, it is a silent push. */
export interface Notification {
  title?: string
  body?: string
  badge?: number
  /** A push with the same id takes the place of an earlier one: `apns-collapse-id`, or `collapse_key` of FCM. */
  collapseId: string
}

interface PushParts {
  /**
   * Reads what is known, and stores what `change` returns, in one transaction that locks the user: two events of a user
   * must not be decided at once. If `change` fails, nothing is stored.
   */
  update: (email: string, roomId: number, change: (seen: Seen) => Promise<Seen>) => Promise<void>
  /** Your backend knows the room, its last comment and the user's language. */
  describe: (change: InboxChanged) => Promise<{ title: string; body: string }>
  send: (email: string, notification: Notification) => Promise<void>
}

/**
 * Handles an `inbox.changed`. It sends before it stores: after a failure in between, the repeated event sends the same
 * push again, which takes the place of the first. The other way round, the push would be lost.
 */
export const makePushHandler =
  ({ update, describe, send }: PushParts) =>
  ({ detail }: InboxChangedEvent): Promise<void> =>
    update(detail.email, detail.room_id, async (known) => {
      const { push, seen } = decidePush(known, detail)
      if (push)
        await send(detail.email, {
          ...(push.isVisible && (await describe(detail))),
          ...(push.badge !== undefined && { badge: push.badge }),
          collapseId: `room-${detail.room_id}`,
        })
      return seen
    })
