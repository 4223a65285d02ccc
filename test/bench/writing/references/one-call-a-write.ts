import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import pMap from 'p-map'
import { allOf, isListed, isOlder } from '../../../../lib/store/conditions.ts'
import { commentKey, roomKey } from '../../../../lib/store/keys.ts'
import type { Attributes } from '../../../../lib/store/rows/stored-row.ts'
import type { PostedComment } from '../messages.ts'
import { number, rowsOf, text, wireKey } from './rows.ts'

export type Action = 'UpdateItem' | 'Query' | 'PutItem'

/** Sends one call to DynamoDB, in the form of the wire. */
export type Send = (action: Action, input: object) => Promise<Output>

interface Output {
  Attributes?: Attributes | undefined
  Items?: Attributes[] | undefined
  LastEvaluatedKey?: Attributes | undefined
}

/** How many rooms or comments, and how many rows of a room, are written at the same time, as in the product. */
const concurrency = { ofRooms: 8, ofRows: 32 }

const TableName = process.env['TABLE_NAME']

/**
 * Makes a handler that does the writes of `apply-chat-events`, each with a call of its own. For comments in a room of
 * n people, these are:
 * - an UpdateItem for each comment, on the condition that it is new
 * - an UpdateItem that raises the revision of the room, and returns the room
 * - a Query of the facts, with one more call for each further megabyte
 * - n PutItem of rows that are listed and have a lower revision. They show what those of the product show.
 *
 * It takes comments only, and leaves out what else the product does: it checks nothing, retries nothing, and takes for
 * granted that nobody has read, left or deleted anything. In the rooms of the benchmark, this holds.
 */
export const makeHandler =
  (send: Send) =>
  async ({ Records }: Pick<SQSEvent, 'Records'>): Promise<SQSBatchResponse> => {
    const comments = Records.map(
      ({ body }) => (JSON.parse(body) as { detail: PostedComment }).detail,
    )
    const rooms = Map.groupBy(comments, ({ room_id }) => room_id)
    await pMap(rooms, ([roomId, ofRoom]) => applyToRoom(send, roomId, ofRoom), {
      concurrency: concurrency.ofRooms,
    })
    return { batchItemFailures: [] }
  }

const applyToRoom = async (
  send: Send,
  roomId: number,
  comments: PostedComment[],
): Promise<void> => {
  await pMap(comments, (comment) => send('UpdateItem', commentUpdate(comment)), {
    concurrency: concurrency.ofRooms,
  })
  const { Attributes: room } = await send('UpdateItem', raise(roomId))
  const rows = rowsOf(roomId, room!, await readFacts(send, roomId))
  await pMap(rows, (row) => send('PutItem', rowPut(row)), { concurrency: concurrency.ofRows })
}

const commentUpdate = ({ room_id, comment_id, occurred_at, email, message }: PostedComment) => ({
  TableName,
  Key: wireKey(commentKey(room_id, comment_id)),
  UpdateExpression: 'SET posted_at = :posted_at, author = :author, message = :message',
  ConditionExpression: 'attribute_not_exists(posted_at)',
  ExpressionAttributeValues: {
    ':posted_at': text(occurred_at),
    ':author': text(email),
    ':message': text(message),
  },
})

const raise = (roomId: number) => ({
  TableName,
  Key: wireKey(roomKey(roomId)),
  UpdateExpression: 'ADD revision :one',
  ExpressionAttributeValues: { ':one': number(1) },
  ReturnValues: 'ALL_NEW',
})

/** Participants and comments, backwards. */
const readFacts = async (send: Send, roomId: number): Promise<Attributes[]> => {
  const { pk, sk } = wireKey(roomKey(roomId))
  const facts: Attributes[] = []
  let ExclusiveStartKey: Attributes | undefined
  do {
    const { Items = [], LastEvaluatedKey } = await send('Query', {
      TableName,
      ConsistentRead: true,
      ScanIndexForward: false,
      KeyConditionExpression: 'pk = :pk AND sk < :bound',
      ExpressionAttributeValues: { ':pk': pk, ':bound': sk },
      ExclusiveStartKey,
    })
    facts.push(...Items)
    ExclusiveStartKey = LastEvaluatedKey
  } while (ExclusiveStartKey !== undefined)
  return facts
}

const rowPut = (row: Attributes) => ({
  TableName,
  Item: row,
  ConditionExpression: allOf(isListed, isOlder),
  ExpressionAttributeValues: { ':revision': row['revision'] },
})
