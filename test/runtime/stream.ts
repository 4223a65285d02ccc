import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { DynamoDBStreamEvent } from 'aws-lambda'
import { participantKey, rowKey } from '../../lib/store/keys.ts'
import { type Bus, startBus } from '../support/bus.ts'
import type { ExecutionEnvironment } from './execution-environment.ts'
import { parseMessage } from './log.ts'
import { publishedStreamBatch } from './payloads.ts'
import type { Tested } from './tested.ts'

const me = 'fay@example.com'
const [ofPublished] = publishedStreamBatch.Records

const toImage = (texts: Record<string, string>) =>
  Object.fromEntries(Object.entries(texts).map(([name, S]) => [name, { S }]))

/** A leave through the API and a row that appears, each in a record like the published one. */
const batch: DynamoDBStreamEvent = {
  Records: [
    {
      ...ofPublished!,
      dynamodb: {
        ...ofPublished!.dynamodb,
        Keys: toImage({ ...participantKey(501, me) }),
        NewImage: toImage({ left_through: 'api', left_at: '2024-01-01T00:00:01.000Z', email: me }),
        SequenceNumber: '333',
      },
    },
    {
      ...ofPublished!,
      dynamodb: {
        ...ofPublished!.dynamodb,
        Keys: toImage({ ...rowKey(me, 502) }),
        NewImage: { activity: { S: 'group#2024' }, unread_count: { N: '2' } },
        SequenceNumber: '444',
        ApproximateCreationDateTime: 1_704_067_201,
      },
    },
  ],
}

export const testStream = (tested: Tested): void => {
  let bus: Bus
  let publisher: ExecutionEnvironment

  before(async () => {
    bus = await startBus()
    publisher = await tested.lambda.start('publish-changes', {
      AWS_ENDPOINT_URL_EVENTBRIDGE: bus.endpoint,
      PUBLISH_CHANGES: 'true',
      PUBLISH_BADGES: 'true',
    })
  })
  after(() => {
    bus.close()
  })

  test('nothing is published of the batch that AWS publishes, because it is of another table', async () => {
    assert.deepEqual(await publisher.invoke(publishedStreamBatch), { batchItemFailures: [] })
    assert.deepEqual(bus.calls, [])
  })

  test('a leave and a changed row are published, with the badge as the table has it', async () => {
    assert.deepEqual(await publisher.invoke(batch), { batchItemFailures: [] })
    assert.deepEqual(
      bus.events.map(({ detail }) => detail),
      [
        { occurred_at: '2024-01-01T00:00:01.000Z', room_id: '501', email: me },
        {
          occurred_at: '2024-01-01T00:00:01.000Z',
          sequence: '444'.padStart(40, '0'),
          email: me,
          room_id: 502,
          removed: false,
          unread_count: 2,
          muted: false,
          unread_rooms: 0,
          unread_comments: 0,
        },
      ],
    )
    const { records, published, failed } = parseMessage(publisher.log().at(-1)!)
    assert.deepEqual([records, published, failed], [2, 2, 0])
  })

  test('if the bus takes nothing, the function fails, and the log says why once', async () => {
    bus.decide = () => ({ status: 500 })
    await assert.rejects(publisher.invoke(batch), { message: /nothing of the batch/ })
    const ownLines = publisher.log().filter(({ message }) => !message.startsWith('Invoke Error'))
    const [failure, summary] = ownLines.slice(-2).map(parseMessage)
    assert.deepEqual([failure.events, summary.failed], [2, 2])
  })

  test("the console's test event fails, and the error says what the function expects", async () => {
    await assert.rejects(publisher.invoke({ key1: 'value1' }), {
      type: 'EventRefused',
      message: /publishes changes from the stream of its table/,
    })
  })
}

/** What no log may contain. */
export const personal = [me]
