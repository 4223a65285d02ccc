export { type Client, createClient, type ListQuery } from './client.ts'
export {
  type Badge,
  createInbox,
  type Inbox,
  type InboxOptions,
  type InboxStorage,
  type Snapshot,
} from './inbox.ts'
export type { ClientOptions } from './request.ts'
export type * from './results.ts'
