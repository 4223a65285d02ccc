import { readFileSync } from 'node:fs'
import { BatchWriteItemCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { beforeEach, expect, test } from '@jest/globals'
import { createTable } from '../../commands/local/table.ts'
import { store } from '../../lib/deps.ts'
import type { ContractRow } from '../../lib/domain/project-row.ts'
import type { RoomType } from '../../lib/domain/room-type.ts'
import { participantKey, rowKey } from '../../lib/store/keys.ts'
import { eraseUsers } from '../../lib/store/maintenance/erase-users.ts'
import { checkRoom, rebuildRoom } from '../../lib/store/maintenance/rebuild-room.ts'
import { checkUser } from '../../lib/store/maintenance/rebuild-user.ts'
import { restoreRoom } from '../../lib/store/maintenance/restore-room.ts'
import type { Store } from '../../lib/store/store.ts'
import { joined, left, muted, posted, read, renamed, roomCreated } from '../support/events.ts'
import { apply, findRow, leave, listAll, readItem } from '../support/inbox.ts'
import { scanFor } from '../support/scan-for.ts'

/**
 * What version 1.0.0 stored, and the lists that it showed of it: recorded once, never edited. Every later version
 * must list, change, rebuild, restore and erase it. docs/stored-forms.md says how stored items may change.
 */
const { items, listings } = JSON.parse(
  readFileSync(new URL('../stored-forms/1.0.0.json', import.meta.url), 'utf8'),
) as {
  items: Record<string, { S?: string; N?: string }>[]
  listings: Record<`${RoomType} ${string}`, ContractRow[]>
}

const client = new DynamoDBClient()
const [ann, ben, cleo] = ['ann@example.com', 'ben@example.com', 'cleo@example.com'] as const
const later = (seconds: number) => new Date(Date.UTC(2026, 10, 25) + seconds * 1000).toISOString()

const load = async (tableName: string): Promise<void> => {
  await createTable(client, tableName)
  for (let start = 0; start < items.length; start += 25)
    await client.send(
      new BatchWriteItemCommand({
        RequestItems: {
          [tableName]: items
            .slice(start, start + 25)
            .map((Item) => ({ PutRequest: { Item: Item as never } })),
        },
      }),
    )
}

let count = 0
const { tableName } = store
beforeEach(async () => {
  count += 1
  store.tableName = `${tableName}-${count}`
  await load(store.tableName)
})

const roomIds = [1, 2, 3, 4, 5, 6]

test('the lists show what version 1.0.0 showed', async () => {
  for (const [name, rows] of Object.entries(listings)) {
    const [type, caller] = name.split(' ') as [RoomType, string]
    const shown = (await listAll(caller, type)).map(({ additions, ...row }) => row)
    expect(JSON.stringify(shown)).toBe(JSON.stringify(rows))
  }
})

test('a room that is left is gone, and its row keeps nothing of what it showed', async () => {
  await leave(ann, 1)
  await leave(ann, 2)

  expect(await findRow(ann, 1)).toBeUndefined()
  expect(await findRow(ann, 2, 'group')).toBeUndefined()
  for (const roomId of [1, 2]) {
    const tombstone = await readItem(rowKey(ann, roomId))
    expect(Object.keys(tombstone!)).not.toContain('room_name')
    expect(
      Object.keys(tombstone!).every((name) => /^(pk|sk|left_at|revision|changed)$/.test(name)),
    ).toBe(true)
  }
})

test('events change rows as they do in a new room', async () => {
  await apply(posted(1, 4, ben, later(1)), read(2, 2, ann, later(2)), muted(2, ben, later(3)))
  await apply(joined(4, ann, later(4)), left(2, cleo, later(5)), renamed(ben, 'Ben', later(6)))
  await apply(roomCreated(5, 'single', [ann, ben], later(7)), read(6, 91, ann, later(8)))

  expect(await findRow(ann, 1)).toMatchObject({
    last_comment_id: 4,
    unread_count: 2,
    room_name: 'Ben',
  })
  expect(await findRow(ann, 2, 'group')).toMatchObject({ unread_count: 0 })
  expect(await findRow(cleo, 2, 'group')).toBeUndefined()
  expect(await findRow(ann, 4, 'group')).toMatchObject({ last_comment_id: 1, unread_count: 0 })
  expect(await findRow(ann, 5)).toMatchObject({ last_comment_id: 1 })
  expect(await findRow(ann, 6)).toMatchObject({ unread_count: 0 })
  for (const roomId of roomIds) expect(await checkRoom(store, roomId)).toEqual(expect.any(Array))
})

test('a read that version 1.0.0 records beside this version is not dated by an earlier one', async () => {
  await apply(posted(1, 4, ben, later(1)), read(1, 4, ann, later(2)))
  await apply(...[5, 6, 7].map((id) => posted(1, id, ben, later(1000 + id))))
  await store.client.send(
    new UpdateCommand({
      TableName: store.tableName,
      Key: participantKey(1, ann),
      UpdateExpression: 'SET last_comment_read_id = :id',
      ExpressionAttributeValues: { ':id': 7 },
    }),
  )

  await apply(posted(1, 8, ben, later(2000)))

  expect(await findRow(ann, 1)).toMatchObject({
    unread_count: 1,
    participants: [{ last_comment_read_id: 7 }, {}],
  })
})

test('a rebuild writes every row in the form of today, and finds nothing wrong then', async () => {
  for (const roomId of roomIds) expect((await rebuildRoom(store, roomId)).left).toEqual([])

  for (const roomId of roomIds) expect(await checkRoom(store, roomId)).toEqual([])
  for (const user of [ann, ben, cleo]) expect(await checkUser(store, user)).toEqual([])
  expect(await readItem(rowKey(ann, 1))).toHaveProperty('shown')
  expect(await readItem(rowKey(ann, 1))).not.toHaveProperty('room_name')
})

test('a restore copies every fact', async () => {
  const restored: Store = { ...store }
  store.tableName = `${tableName}-${count}-live`
  await createTable(client, store.tableName)

  for (const roomId of roomIds) await restoreRoom(restored, store, roomId)

  for (const user of [ann, ben, cleo])
    for (const type of ['single', 'group'] as const) {
      const lists = [await listAll(user, type), listings[`${type} ${user}`] ?? []]
      const [found, recorded] = lists.map((rows) => rows.map(({ room_id }) => room_id))
      expect(found).toEqual(recorded)
    }
  expect(await readItem(participantKey(1, ann))).toMatchObject({ last_comment_read_id: 1 })
})

test('an erasure leaves nothing of the user', async () => {
  await eraseUsers(store, [ben], {
    onRoom: () => undefined,
    onPage: () => undefined,
    onUnreadable: () => undefined,
  })

  expect(await scanFor([ben, 'Benjamin'])).toEqual([])
  const { Count } = await client.send(
    new ScanCommand({ TableName: store.tableName, Select: 'COUNT' }),
  )
  expect(Count).toBeGreaterThan(0)
})
