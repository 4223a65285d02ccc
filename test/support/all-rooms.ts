import { handler as listAllChats } from '../../functions/list-all-chats.ts'
import type { components } from '../../docs/openapi.d.ts'
import { call } from './api-call.ts'
import type { ApiResponse } from './read-response.ts'

export type ShownRoom = components['schemas']['MixedRoom']

/** Requests the list of all rooms. */
export const listAllRooms = (email: string, query = '', headers = {}): Promise<ApiResponse> =>
  call(listAllChats, { path: '/chat/all', email, query, headers })

export const shownRooms = ({ body }: ApiResponse): ShownRoom[] => body.data.results.rooms_info

export const shownIds = (response: ApiResponse): number[] =>
  shownRooms(response).map(({ room_id }) => room_id)

export const metaOf = ({ body }: ApiResponse): components['schemas']['MixedPageMeta'] =>
  body.data.results.meta

/** The status and the code of an error. */
export const errorOf = ({ status, body }: ApiResponse): [number, string] => [status, body.data.code]
