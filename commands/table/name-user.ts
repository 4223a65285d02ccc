import { hash } from 'node:crypto'
import type { Email } from '../../lib/domain/email.ts'

/**
 * Names a user without the address, as `caller` does in the log of the functions: by the first 16
 * characters of a hash with the table's name as its salt.
 */
export const nameUser = (tableName: string, user: Email): string =>
  `user ${hash('sha256', `${tableName}\n${user}`, 'base64url').slice(0, 16)}`
