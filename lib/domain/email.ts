/** An address as keys hold it and comparisons use it, made by {@link normalizeEmail}. */
export type Email = string

/**
 * Two addresses are one person's if they differ only in the case of A to Z and in white space around
 * them. Unicode's lower case would merge people: that of the Kelvin sign (U+212A) is k.
 */
export const normalizeEmail = (address: string): Email =>
  address.trim().replace(/[A-Z]+/g, (letters) => letters.toLowerCase())

/**
 * Whether an address can name a participant: after normalizing, 1 to 254 characters of
 * well-formed Unicode without control characters. An `@` is not required: chat
 * backends have users such as `test`.
 */
export const isEmail = (address: string): boolean => {
  const email = normalizeEmail(address)
  return email.length > 0 && email.length <= 254 && email.isWellFormed() && !/\p{Cc}/u.test(email)
}
