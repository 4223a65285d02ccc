/** What the environment says, read once. Values and their meanings are listed in the README. */
export interface Config {
  tableName: string
  /** The claim of the caller's token that names the participant. */
  identityClaim: string
  /** Whether a token must carry a true `email_verified`; asked of the claim `email` only. */
  requireVerifiedEmail: boolean
  /** Tells the hashes of callers in one deployment's log from another's: the name of its table. */
  logSalt: string
}

const required = (name: string): string => {
  const value = process.env[name]
  if (!value) throw new Error(`The environment variable ${name} is missing: set it to its value.`)
  return value
}

const tableName = required('TABLE_NAME')

export const config: Config = {
  tableName,
  identityClaim: process.env['IDENTITY_CLAIM'] ?? 'email',
  requireVerifiedEmail: process.env['REQUIRE_VERIFIED_EMAIL'] !== 'false',
  logSalt: tableName,
}
