import { beforeAll, test } from '@jest/globals'
import { handler as leaveChat } from '../../functions/leave-chat.ts'
import { handler as listAllChats } from '../../functions/list-all-chats.ts'
import { handler as listGroupChats } from '../../functions/list-group-chats.ts'
import { handler as listPersonalChats } from '../../functions/list-personal-chats.ts'
import { call } from '../support/api-call.ts'
import { chats, expectTheApi } from '../support/api-expectations.ts'
import { apply, useTable } from '../support/inbox.ts'

useTable()

const handlers: Record<string, unknown> = {
  '/chat/personal': listPersonalChats,
  '/chat/group': listGroupChats,
  '/chat/all': listAllChats,
  '/chat/leave': leaveChat,
}

beforeAll(() => apply(...chats))

expectTheApi(test, (request) => call(handlers[request.path!], request))
