const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/**
 * The time of a message as a list shows it: "now", "5 min", "3 h", "Mon", "Aug 24", "Aug 24, 2017".
 * @param time in RFC 3339
 * @param now milliseconds since the epoch
 */
export const formatAge = (time: string, now: number): string => {
  const at = Date.parse(time)
  const age = now - at
  if (age < minute) return 'now'
  if (age < hour) return `${Math.floor(age / minute)} min`
  if (age < day) return `${Math.floor(age / hour)} h`
  if (age < 6 * day) return weekday.format(at)
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear()
  return (isThisYear ? dayOfYear : date).format(at)
}

const weekday = new Intl.DateTimeFormat('en-US', { weekday: 'short' })
const dayOfYear = new Intl.DateTimeFormat('en-US', { month: 'short', day: 'numeric' })
const date = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium' })

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** The first characters of the first two words, as people see characters: an emoji is one. */
export const makeInitials = (name: string): string =>
  name
    .trim()
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => graphemes.segment(word)[Symbol.iterator]().next().value?.segment ?? '')
    .join('')
    .toUpperCase()

/** @returns degrees of a colour wheel, the same for the same room always */
export const pickHue = (roomId: number): number => (roomId * 137) % 360

/** A badge has room for two digits. */
export const formatCount = (count: number): string => (count > 99 ? '99+' : String(count))

/** What a sync took: its requests, and the rooms in their responses. */
export interface Traffic {
  requests: number
  rooms: number
}

/** What a sync took, next to what the whole list would take. */
export const formatTraffic = ({ requests, rooms }: Traffic, total: number): string =>
  `${requests} ${requests === 1 ? 'request' : 'requests'}, ${rooms} of ${total} rooms sent`
