/** An address as keys hold it and comparisons use it: trimmed, in lower case. */
export type Email = string

export const normalizeEmail = (address: string): Email => address.trim().toLowerCase()

/**
 * Whether an address can name a participant: after normalizing, 1 to 254 characters of
 * well-formed Unicode without control characters. No `@` is asked for: chat backends have
 * users such as `test`.
 */
export const isEmail = (address: string): boolean => {
  const email = normalizeEmail(address)
  return email.length > 0 && email.length <= 254 && email.isWellFormed() && !/\p{Cc}/u.test(email)
}
