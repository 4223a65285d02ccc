import { handler as leaveChat } from '../../functions/leave-chat.ts'
import { handler as listAllChats } from '../../functions/list-all-chats.ts'
import { handler as listGroupChats } from '../../functions/list-group-chats.ts'
import { handler as listPersonalChats } from '../../functions/list-personal-chats.ts'
import type { ApiRequest } from './api-event.ts'
import { invoke } from './invoke.ts'
import type { ApiResponse } from './read-response.ts'
import type { OperationId } from './api-document.ts'
import { expectDocumented } from './documented.ts'

const operations = new Map<unknown, OperationId>([
  [listPersonalChats, 'listPersonalChats'],
  [listGroupChats, 'listGroupChats'],
  [listAllChats, 'listAllChats'],
  [leaveChat, 'leaveChat'],
])

/** Calls a function of the API, and expects a response that docs/openapi.yaml describes. */
export const call = async (handler: unknown, request: ApiRequest = {}): Promise<ApiResponse> => {
  const response = await invoke(handler, request)
  expectDocumented(operations.get(handler)!, response)
  return response
}
