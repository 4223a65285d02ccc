import { maxRoomsRead } from '../../lib/domain/listing.ts'
import { id, type Schema } from './api-schemas.ts'

interface Parameter {
  name: string
  in: 'query' | 'header'
  description: string
  schema: Schema
}

const query = (name: string, description: string, schema: Schema): Parameter => ({
  name,
  in: 'query',
  description,
  schema,
})

/**
 * The parameters of both listings. Their defaults are in words: a tool such as Swagger UI sends each `default`
 * that it finds, and `page` together with `cursor` is an error.
 */
export const listingParameters: Parameter[] = [
  query(
    'page',
    'The number of the page; without it, the first. Page numbers reach the first 2,000 rooms: `page` · `limit` ≤ 2,000.',
    { type: 'integer', format: 'int32', minimum: 1, maximum: maxRoomsRead },
  ),
  query('limit', 'Rooms per page; without it, 20.', {
    type: 'integer',
    format: 'int32',
    minimum: 1,
    maximum: 100,
  }),
  query(
    'cursor',
    'Where the page begins, from the `Link` header of the page before; instead of `page`. Cursors reach every room.',
    { type: 'string', pattern: '^[A-Za-z0-9_-]+$', maxLength: 1024 },
  ),
  query(
    'unread',
    'With `true`, only rooms with unread comments that the caller has not muted. The header `Unread-Comments` then has the sum of their counts.',
    { type: 'boolean' },
  ),
  {
    name: 'If-None-Match',
    in: 'header',
    description:
      'The `ETag` of the answer that the app has. If it is still the same, the API answers 304.',
    schema: { type: 'string' },
  },
]

/** The parameter of the leave. */
export const leaveParameters: Parameter[] = [
  query(
    'room_id',
    'The room to leave. Send it here or in the body; if in both, then the same.',
    id(1, 'The id of a room.'),
  ),
]
