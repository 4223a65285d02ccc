/** A person's identity as keys hold it and comparisons use it, made by {@link normalizeEmail}. */
export type Email = string

const maxLength = 254

/**
 * White space around an identity does not count. An identity with an `@` is an address: two addresses are one
 * person's if they differ only in the case of A to Z. Any other, such as a user id, is compared exactly.
 * Unicode's lower case would merge people: that of the Kelvin sign (U+212A) is k.
 */
export const normalizeEmail = (identity: string): Email => {
  const trimmed = identity.trim()
  return trimmed.includes('@')
    ? trimmed.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
    : trimmed
}

/**
 * Whether a text can name a participant: 1 to 254 characters of well-formed Unicode without control characters,
 * and not only white space. An `@` is not required: chat backends have users such as `test`.
 */
export const isEmail = (identity: string): boolean => {
  if (identity.length > maxLength) return false
  const email = normalizeEmail(identity)
  return email.length > 0 && email.isWellFormed() && !/\p{Cc}/u.test(email)
}
