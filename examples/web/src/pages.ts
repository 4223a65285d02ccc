import type { components } from '../../../docs/openapi.d.ts'

export type Room = components['schemas']['PersonalRoom'] | components['schemas']['GroupRoom']
export type Listing = 'personal' | 'group'

/** The parameters of a page: `limit`, and the `cursor` of every page but the first. */
export interface PageQuery {
  limit: number
  cursor?: string
}

/** A page of a listing. */
export interface Page {
  rooms: Room[]
  /** Rooms in the whole listing. */
  total: number
  /** From the `Link` header; the last page has none. */
  next: PageQuery | undefined
  etag: string
}
