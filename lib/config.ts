/**
 * The environment variables of a function, as its stack sets them and as they are read here. docs/deployment.md
 * describes their values.
 */
export interface FunctionEnvironment {
  TABLE_NAME: string
  IDENTITY_CLAIM?: string
  REQUIRE_VERIFIED_EMAIL?: string
  PROJECTIONS_URL?: string
  BUS_NAME?: string
  PUBLISH_CHANGES?: string
  PUBLISH_BADGES?: string
}

/** The environment of this process, read once. */
export interface Config {
  tableName: string
  /** The claim of the caller's token that names the participant. */
  identityClaim: string
  /** Whether a token must have a true `email_verified`. It counts for the claim `email` only. */
  requireVerifiedEmail: boolean
  /** The queue of requested projections of large groups. Only apply-chat-events has it. */
  projectionsUrl: string | undefined
  /** The bus that receives what is published. Only publish-changes has it. */
  busName: string | undefined
  /** Whether the bus receives `inbox.changed`. */
  withChanges: boolean
  /** Whether `inbox.changed` has the user's number of unread rooms and comments. */
  withBadges: boolean
  /** Makes the hashes of callers in the logs differ between deployments: the name of the table. */
  logSalt: string
}

const environment: Partial<Record<keyof FunctionEnvironment, string>> = process.env

const {
  TABLE_NAME: tableName,
  IDENTITY_CLAIM,
  REQUIRE_VERIFIED_EMAIL,
  PROJECTIONS_URL: projectionsUrl,
  BUS_NAME: busName,
  PUBLISH_CHANGES,
  PUBLISH_BADGES,
} = environment
if (!tableName)
  throw new Error(
    'The environment variable TABLE_NAME is missing: set it to the name of the table.',
  )

export const config: Config = {
  tableName,
  identityClaim: IDENTITY_CLAIM ?? 'email',
  requireVerifiedEmail: REQUIRE_VERIFIED_EMAIL !== 'false',
  projectionsUrl,
  busName,
  withChanges: PUBLISH_CHANGES === 'true',
  withBadges: PUBLISH_BADGES === 'true',
  logSalt: tableName,
}
