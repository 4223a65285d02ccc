import { InboxError, quote } from '../domain/errors.ts'

/**
 * Parses the parameter that asks for unread rooms only.
 * @throws InboxError `invalid_unread`
 */
export const parseUnread = (value: string): boolean => {
  if (value === 'true' || value === 'false') return value === 'true'
  throw new InboxError(
    'invalid_unread',
    `unread is ${quote(value)}: send it once, as true (only rooms with unread comments) or false (all rooms)`,
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
  const number = /^[1-9]\d{0,15}$/.test(value) ? Number(value) : Infinity
  if (number <= max) return number
  throw new InboxError(
    `invalid_${name}`,
    `${name} is ${quote(value)}: send one whole number from 1 to ${max}, in plain digits`,
  )
}
