/** Types only: a client made from the API document knows its paths, parameters and responses. */
import createClient from 'openapi-fetch'
import type { paths } from '../../docs/openapi.d.ts'

const api = createClient<paths>({ baseUrl: 'http://127.0.0.1:3000' })

export const listRoomNames = async (): Promise<string[]> => {
  const { data, error } = await api.GET('/chat/personal', { params: { query: { limit: 5 } } })
  if (error) return ['message' in error ? error.message : error.data.code]
  return data.data.results.rooms_info.map(({ room_name, participants }) =>
    [room_name, ...participants.map(({ username }) => username)].join(),
  )
}

// @ts-expect-error: the path is misspelt
void api.GET('/chat/persona')

// @ts-expect-error: the parameter is a number
void api.POST('/chat/leave', { params: { query: { room_id: 'x' } } })
