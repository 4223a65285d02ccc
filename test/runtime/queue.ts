import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { at, roomCreated } from '../support/events.ts'
import { readResponse } from '../support/read-response.ts'
import type { ExecutionEnvironment } from './execution-environment.ts'
import { parseMessage } from './log.ts'
import { makeBatch, makeRequest, publishedBatch, toMessage } from './payloads.ts'
import type { Tested } from './tested.ts'

const me = 'cem@example.com'
const other = 'dee@example.com'

export const testQueue = (tested: Tested): void => {
  let queue: ExecutionEnvironment

  before(async () => {
    queue = await tested.lambda.start('apply-chat-events')
  })

  test('both messages of the batch that AWS publishes fail, because they are not JSON', async () => {
    const { batchItemFailures } = await queue.invoke(publishedBatch)
    assert.deepEqual(
      batchItemFailures,
      publishedBatch.Records.map(({ messageId }) => ({ itemIdentifier: messageId })),
    )
  })

  test('only the malformed messages of a batch fail, each with a reason, and the others are applied', async () => {
    const batch = makeBatch([
      toMessage(roomCreated(301, 'group', [me, other], at(1))),
      JSON.stringify({ 'detail-type': 'room.exploded', detail: {} }),
      toMessage(roomCreated(302, 'group', [me, other], at(2))),
      '{"detail-type": "room.created", "detail": {',
    ])
    const malformed = [batch.Records[1]!.messageId, batch.Records[3]!.messageId]
    assert.deepEqual(await queue.invoke(batch), {
      batchItemFailures: malformed.map((itemIdentifier) => ({ itemIdentifier })),
    })
    const lines = queue.log().slice(-3).map(parseMessage)
    assert.deepEqual(
      lines.map(({ messageId, failed }) => messageId ?? failed),
      [...malformed, 2],
    )
    assert.match(lines[0].reason, /room\.exploded/)

    const groups = await tested.lambda.start('list-group-chats')
    const { body } = readResponse(
      await groups.invoke(makeRequest({ path: '/chat/group', email: me })),
    )
    assert.equal(body.data.results.meta.total_room, 2)
  })

  test('a message that requests the projection of a group is processed, and a malformed one fails alone', async () => {
    const projections = await tested.lambda.start('project-large-rooms')
    const batch = makeBatch([JSON.stringify({ room_id: 301, revision: 1000 }), '{"room_id": 301}'])
    const malformed = batch.Records[1]!.messageId
    assert.deepEqual(await projections.invoke(batch), {
      batchItemFailures: [{ itemIdentifier: malformed }],
    })
    const [failure, summary] = projections.log().slice(-2).map(parseMessage)
    assert.deepEqual([failure.messageIds, summary.rooms], [[malformed], 1])
  })

  test("the console's test event fails, and the error says what the function expects", async () => {
    await assert.rejects(queue.invoke({ key1: 'value1' }), {
      type: 'EventRefused',
      message: /applies the messages of its SQS queue/,
    })
  })
}

/** What no log may contain. */
export const personal = [me, other]
