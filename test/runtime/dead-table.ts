import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import getPort from 'get-port'
import type { OperationId } from '../support/api-document.ts'
import { expectDocumented } from '../support/documented.ts'
import { type DynamoDbServer, startServer } from '../support/dynamodb-server.ts'
import { at, roomCreated } from '../support/events.ts'
import { readResponse } from '../support/read-response.ts'
import { parseMessage } from './log.ts'
import { makeBatch, makeRequest, toMessage } from './payloads.ts'
import type { Tested } from './tested.ts'

const me = 'eve@example.com'

const requests: [OperationId, string, unknown][] = [
  ['listPersonalChats', 'list-personal-chats', makeRequest({ email: me })],
  ['listGroupChats', 'list-group-chats', makeRequest({ path: '/chat/group', email: me })],
  ['listAllChats', 'list-all-chats', makeRequest({ path: '/chat/all', email: me })],
  [
    'leaveChat',
    'leave-chat',
    makeRequest({ method: 'POST', path: '/chat/leave', email: me, query: 'room_id=1' }),
  ],
]

export const testDeadTable = (tested: Tested): void => {
  let silent: DynamoDbServer
  const endpoints: Record<string, () => Promise<string>> = {
    'refuses connections': async () => `http://127.0.0.1:${await getPort()}`,
    'never responds': () => Promise.resolve(silent.endpoint),
  }

  before(async () => {
    silent = await startServer(() => undefined)
  })
  after(() => silent[Symbol.asyncDispose]())

  for (const [what, endpointOf] of Object.entries(endpoints)) {
    for (const [operation, name, event] of requests)
      test(`${name} returns 503 within its time limit if DynamoDB ${what}`, async () => {
        const environment = await tested.lambda.start(name, {
          AWS_ENDPOINT_URL_DYNAMODB: await endpointOf(),
        })
        const response = readResponse(await environment.invoke(event))
        expectDocumented(operation, response)
        assert.deepEqual([response.status, response.body.data.code], [503, 'unavailable'])
        assert.ok(response.headers['retry-after'])
        const { status, causes } = parseMessage(environment.log().at(-1)!)
        assert.equal(status, 503)
        assert.ok(causes.length > 1, 'the log has the cause')
      })

    test(`apply-chat-events reports each message within its time limit if DynamoDB ${what}`, async () => {
      const environment = await tested.lambda.start('apply-chat-events', {
        AWS_ENDPOINT_URL_DYNAMODB: await endpointOf(),
      })
      const batch = makeBatch(
        [1, 2].map((id) => toMessage(roomCreated(id, 'single', [me, `${id}@example.com`], at(id)))),
      )
      assert.deepEqual(await environment.invoke(batch), {
        batchItemFailures: batch.Records.map(({ messageId }) => ({ itemIdentifier: messageId })),
      })
    })

    test(`project-large-rooms reports each message within its time limit if DynamoDB ${what}`, async () => {
      const environment = await tested.lambda.start('project-large-rooms', {
        AWS_ENDPOINT_URL_DYNAMODB: await endpointOf(),
      })
      const batch = makeBatch([1, 2].map((room_id) => JSON.stringify({ room_id, revision: 1 })))
      assert.deepEqual(await environment.invoke(batch), {
        batchItemFailures: batch.Records.map(({ messageId }) => ({ itemIdentifier: messageId })),
      })
    })
  }
}

/** What no log may contain. */
export const personal = [me]
