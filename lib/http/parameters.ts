import { InboxError, quoted } from '../domain/errors.ts'

/**
 * Reads a plain decimal number from 1 to `max`. API Gateway joins a parameter that is given twice
 * by a comma, so that it is no number.
 * @throws InboxError `invalid_<name>`
 */
export const wholeNumber = (
  name: 'page' | 'limit' | 'room_id',
  value: string,
  max: number,
): number => {
  const number = /^[1-9]\d{0,15}$/.test(value) ? Number(value) : Infinity
  if (number <= max) return number
  throw new InboxError(
    `invalid_${name}`,
    `${name} is ${quoted(value)}: send one whole number from 1 to ${max}, in plain digits`,
  )
}
