export { type Client, createClient, type ListQuery } from './client.ts'
export type { ClientOptions } from './request.ts'
export type * from './results.ts'
