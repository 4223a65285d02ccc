/** An event that `npm start` published, as `GET /local/published` returns it. docs/events.md describes each. */
export interface PublishedEvent {
  /** Grows by one from event to event, and begins with 1 when the server is started. */
  id: number
  'detail-type': string
  detail: {
    /** A string in `participant.left`. */
    room_id: number | string
    email: string
    /** These are in `inbox.changed` only. */
    removed?: boolean
    unread_count?: number
    muted?: boolean
    /** The sum for a badge. */
    unread_comments?: number
  }
}

const shownEvents = 20

/**
 * Adds events to those that are shown, the newest first.
 * @param later the newest last, all later than those that are shown, unless the server was started again
 */
export const addPublished = (
  shown: PublishedEvent[],
  later: PublishedEvent[],
): PublishedEvent[] => {
  const isRestart = later.length > 0 && shown.length > 0 && later[0]!.id <= shown[0]!.id
  return [...later.toReversed(), ...(isRestart ? [] : shown)].slice(0, shownEvents)
}

/** What `inbox.changed` says of a room in the list of the user: "3 unread, muted, badge 7". Nothing for other events. */
export const describeChange = ({ detail }: PublishedEvent): string => {
  const { removed, unread_count, muted, unread_comments } = detail
  if (removed === undefined) return ''
  return [
    removed ? 'removed' : `${unread_count} unread`,
    ...(muted ? ['muted'] : []),
    ...(unread_comments === undefined ? [] : [`badge ${unread_comments}`]),
  ].join(', ')
}

/** How many events of which type: "1 participant.left, 12 inbox.changed". */
export const countPublished = (events: PublishedEvent[]): string =>
  Object.entries(Object.groupBy(events, (event) => event['detail-type']))
    .map(([type, ofType]) => `${ofType!.length} ${type}`)
    .join(', ')
