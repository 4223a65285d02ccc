import { type ErrorCode, InboxError } from '../../lib/domain/errors.ts'
import { makeErrorAnswer } from '../../lib/http/errors.ts'

interface ErrorExample {
  /** When the API answers with this code. */
  cause: string
  /** A message as the API writes it. */
  message: string
}

/** An example of each error. */
const examples: Record<ErrorCode, ErrorExample> = {
  invalid_page: {
    cause: '`page` is not a whole number from 1, or the page ends after room 2,000',
    message: 'page is "0": send one whole number from 1 to 2000, in plain digits',
  },
  invalid_limit: {
    cause: '`limit` is not a whole number from 1 to 100',
    message: 'limit is "101": send one whole number from 1 to 100, in plain digits',
  },
  invalid_cursor: {
    cause: '`cursor` does not belong to this listing, or came together with `page`',
    message:
      'cursor "abc" is not valid for this listing: send it exactly as in the Link header of the page before, or leave it out to start at the first page',
  },
  invalid_unread: {
    cause: '`unread` is neither true nor false',
    message:
      'unread is "yes": send it once, as true (only rooms with unread comments) or false (all rooms)',
  },
  invalid_room_id: {
    cause:
      '`room_id` is missing, not a whole number from 1, given twice, or different in the query and the body',
    message: 'room_id is missing: send ?room_id=… with the room to leave',
  },
  invalid_body: {
    cause: 'the body is neither JSON nor a form, exceeds 1 KB, or has a field other than `room_id`',
    message: 'the body is not JSON: send {"room_id": …}',
  },
  forbidden: {
    cause: 'the token has no usable `email`, or the address is not verified',
    message:
      'the token carries no usable "email" claim: send one that does (with Cognito, send the ID token: access tokens carry no address)',
  },
  room_not_found: {
    cause: 'the room does not exist, or the caller was never in it',
    message: 'you are in no room 5: take the room_id from your list of rooms',
  },
  internal: {
    cause: 'an error in the service; its log has the cause',
    message:
      'something went wrong on our side: send the request again, and report the time if it fails again',
  },
  unavailable: {
    cause: 'the database is busy or cannot be reached',
    message: 'the chat inbox cannot be reached for the moment: send the request again',
  },
}

export const errorCodes = Object.keys(examples) as ErrorCode[]

/** @returns the example of an error, and the status with which the API answers it */
export const exemplifyError = (code: ErrorCode) => {
  const { cause, message } = examples[code]
  const { statusCode, body } = makeErrorAnswer(new InboxError(code, message))
  return { cause, status: statusCode!, body: JSON.parse(body!) as object }
}
