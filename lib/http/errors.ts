import { type ErrorCode, InboxError } from '../domain/errors.ts'
import { type ApiResponse, makeJsonResponse, noStore } from './response.ts'

const statusByCode: Record<ErrorCode, number> = {
  invalid_page: 400,
  invalid_limit: 400,
  invalid_cursor: 400,
  invalid_unread: 400,
  invalid_archived: 400,
  invalid_pinned: 400,
  invalid_since: 400,
  invalid_room_id: 400,
  invalid_body: 400,
  forbidden: 403,
  room_not_found: 404,
  sync_expired: 410,
  internal: 500,
  unavailable: 503,
}

const retryAfterSeconds = 1

/** Turns any other error into `internal`, with the error as its cause: the cause goes to the log, never to the caller. */
export const toInboxError = (error: unknown): InboxError =>
  error instanceof InboxError
    ? error
    : new InboxError(
        'internal',
        'something went wrong on our side: send the request again, and report the time if it fails again',
        { cause: error },
      )

export const makeErrorResponse = ({ code, message }: InboxError): ApiResponse => {
  const status = statusByCode[code]
  const retry = code === 'unavailable' ? { 'retry-after': String(retryAfterSeconds) } : {}
  return makeJsonResponse(
    status,
    { error: true, data: { code, message, status } },
    { ...noStore, ...retry },
  )
}
