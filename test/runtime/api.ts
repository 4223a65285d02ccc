import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { type OperationId, operationsByPath } from '../support/api-document.ts'
import { chats, expectTheApi } from '../support/api-expectations.ts'
import { expectDocumented } from '../support/documented.ts'
import { type ApiResponse, readResponse } from '../support/read-response.ts'
import type { ExecutionEnvironment } from './execution-environment.ts'
import { makeBatch, makeRequest, publishedRequest, toMessage } from './payloads.ts'
import type { Tested } from './tested.ts'

export const testApi = (tested: Tested): void => {
  const api = {} as Record<OperationId, ExecutionEnvironment>

  before(async () => {
    const { start } = tested.lambda
    const [queue, listPersonalChats, listGroupChats, listAllChats, leaveChat] = await Promise.all([
      start('apply-chat-events'),
      start('list-personal-chats'),
      start('list-group-chats'),
      start('list-all-chats'),
      start('leave-chat'),
    ])
    Object.assign(api, { listPersonalChats, listGroupChats, listAllChats, leaveChat })
    assert.deepEqual(await queue.invoke(makeBatch(chats.map(toMessage))), { batchItemFailures: [] })
  })

  /** Expects a response that docs/openapi.yaml describes. */
  const call = async (operation: OperationId, event: unknown): Promise<ApiResponse> => {
    const response = readResponse(await api[operation].invoke(event))
    expectDocumented(operation, response)
    return response
  }

  expectTheApi(test, (request) => call(operationsByPath[request.path!]!, makeRequest(request)))

  test('the request that AWS publishes is refused, because its token has no address', async () => {
    for (const operation of Object.values(operationsByPath)) {
      const { status, body } = await call(operation, publishedRequest)
      assert.deepEqual([status, body.data.code], [403, 'forbidden'])
    }
  })

  test("the console's test event is a 500, and the log says what the function expects", async () => {
    for (const operation of Object.values(operationsByPath)) {
      const { status } = await call(operation, { key1: 'value1' })
      assert.equal(status, 500)
      assert.match(api[operation].log().at(-1)!.message, /serves requests of an API Gateway/)
    }
  })
}
