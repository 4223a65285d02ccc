import type { Email } from '../../lib/domain/email.ts'
import { hashEmail } from '../../lib/http/log.ts'

/** Names a user without the address, as `caller` does in the log of the functions: the table's name is the salt. */
export const nameUser = (tableName: string, user: Email): string =>
  `user ${hashEmail(user, tableName)}`
