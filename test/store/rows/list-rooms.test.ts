import { expect, test } from '@jest/globals'
import { store } from '../../../lib/deps.ts'
import { encodeCursor } from '../../../lib/store/rows/cursor.ts'
import { listRooms } from '../../../lib/store/rows/list-rooms.ts'
import { at } from '../../support/events.ts'
import { useTable } from '../../support/inbox.ts'

useTable()

/** Runs work and notes the bodies of its requests, as they are sent. */
const noteBodies = async (work: () => Promise<unknown>): Promise<string[]> => {
  const bodies: string[] = []
  const name = 'noteBodies'
  store.client.middlewareStack.add(
    (next) => (args) => {
      bodies.push((args.request as { body: string }).body)
      return next(args)
    },
    { name, step: 'finalizeRequest' },
  )
  try {
    await work()
    return bodies
  } finally {
    store.client.middlewareStack.remove(name)
  }
}

const caller = 'jo@example.com'
const start = `{"TableName":"${store.tableName}","IndexName":"inbox","ConsistentRead":true,"ScanIndexForward":false,"KeyConditionExpression":"pk = :pk AND begins_with(activity, :listing)"`
const projection =
  '"ProjectionExpression":"activity, shown, unread_count, muted, pinned, archived, marked_unread, last_comment_message, participants, room_avatar_url, room_name, #total, total_id","ExpressionAttributeNames":{"#total":"total"}'

test('a page by number is requested without a filter', async () => {
  const bodies = await noteBodies(() =>
    listRooms(store, { caller, types: ['single'], filter: {}, page: 3, limit: 20 }),
  )

  expect(bodies).toEqual([
    `${start},"ExpressionAttributeValues":{":pk":{"S":"USER#jo@example.com"},":listing":{"S":"single#"}},${projection},"Limit":61}`,
  ])
})

test('a page behind a cursor is requested without a filter', async () => {
  const after = { timestamp: at(5), commentId: 9, roomId: 7 }
  const cursor = encodeCursor('group', { page: 2, after })

  const bodies = await noteBodies(() =>
    listRooms(store, { caller, types: ['group'], filter: {}, page: 1, limit: 20, cursor }),
  )

  expect(bodies).toEqual([
    `${start.replace('begins_with(activity, :listing)', 'activity BETWEEN :listing AND :next')},"ExpressionAttributeValues":{":pk":{"S":"USER#jo@example.com"},":listing":{"S":"group#"},":next":{"S":"group#2024-01-01T00:00:05.000Z#0000000000000009#0000000000000006"}},${projection},"Limit":21}`,
    `{"TableName":"${store.tableName}","Key":{"pk":{"S":"USER#jo@example.com"},"sk":{"S":"TOTAL#group"}},"ConsistentRead":true}`,
  ])
})
