import { InboxError, quote } from '../domain/errors.ts'

/** What each parameter with two values asks for. */
const meanings = {
  unread: ['only rooms with unread comments', 'all rooms'],
  archived: ['only archived rooms', 'only the others'],
  pinned: ['only pinned rooms', 'only the others'],
} as const

/**
 * Parses a parameter that is true or false.
 * @throws InboxError `invalid_<name>`
 */
export const parseBoolean = (name: keyof typeof meanings, value: string): boolean => {
  if (value === 'true' || value === 'false') return value === 'true'
  const [ifTrue, ifFalse] = meanings[name]
  throw new InboxError(
    `invalid_${name}`,
    `${name} is ${quote(value)}: send it once, as true (${ifTrue}) or false (${ifFalse})`,
  )
}

/**
 * Parses a plain decimal number from 1 to `max`. A parameter that is sent twice is refused: API Gateway
 * joins its values with a comma.
 * @throws InboxError `invalid_<name>`
 */
export const parseWholeNumber = (
  name: 'page' | 'limit' | 'room_id',
  value: string,
  max: number,
): number => {
  const number = readWholeNumber(value)
  if (number <= max) return number
  throw new InboxError(
    `invalid_${name}`,
    `${name} is ${quote(value)}: send one whole number from 1 to ${max}, in plain digits`,
  )
}

const mostIds = 100

/**
 * Parses 1 to 100 ids of rooms, separated by commas. API Gateway joins parameters of the same name with a comma, so
 * they can be sent one by one as well.
 * @throws InboxError `invalid_room_id`
 */
export const parseRoomIds = (value: string): number[] => {
  const texts = value.split(',')
  const ids = texts.map(readWholeNumber)
  const wrong = ids.findIndex((id) => id > Number.MAX_SAFE_INTEGER)
  if (wrong >= 0)
    throw new InboxError(
      'invalid_room_id',
      `room_id has ${quote(texts[wrong]!)}: send 1 to ${mostIds} whole numbers from 1 to ${Number.MAX_SAFE_INTEGER}, in plain digits, separated by commas`,
    )
  if (ids.length > mostIds)
    throw new InboxError(
      'invalid_room_id',
      `room_id has ${ids.length} ids: send at most ${mostIds} in one request`,
    )
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined)
    throw new InboxError('invalid_room_id', `room_id has ${twice} twice: send each id once`)
  return ids
}

/** @returns Infinity for a text that is not a whole number from 1 in plain digits */
const readWholeNumber = (text: string): number =>
  /^[1-9]\d{0,15}$/.test(text) ? Number(text) : Infinity
