import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { beforeAll, expect, test } from '@jest/globals'
import { createTable } from '../../../../commands/local/table.ts'
import { store } from '../../../../lib/deps.ts'
import { projectRow, viewRoom } from '../../../../lib/domain/project-row.ts'
import { toStored } from '../../../../lib/store/rows/stored-row.ts'
import { limitedHeap, peakMemoryOf } from '../../../support/peak-memory.ts'
import { type Item, putItems } from '../../../support/put-items.ts'
import { ended, run, type Run } from '../../../support/run.ts'
import { type SeededRoom, seededFacts, seedRooms } from '../../../support/seed.ts'

const environment = {
  ...limitedHeap,
  AWS_ENDPOINT_URL_DYNAMODB: process.env['AWS_ENDPOINT_URL_DYNAMODB']!,
}
const small = { tableName: `${store.tableName}-small`, rooms: 2000 }
const large = { tableName: `${store.tableName}-large`, rooms: 10_000 }
const roomsOfUser = 20

beforeAll(async () => {
  for (const { tableName, rooms } of [small, large]) {
    await createTable(new DynamoDBClient(), tableName)
    await seedOlderRooms(tableName, rooms)
  }
}, 240_000)

/** Personal rooms whose rows all have a form that listings cannot read. */
const seedOlderRooms = async (tableName: string, count: number): Promise<void> => {
  const users = (2 * count) / roomsOfUser
  const nameUser = (index: number) => `user-${index % users}@example.com`
  const rooms = Array.from({ length: count }, (_, index): SeededRoom => {
    const other = index + 1 + Math.floor(index / users)
    return {
      room_id: index + 1,
      type: 'single',
      participants: [nameUser(index), nameUser(other)],
      comments: 3,
    }
  })
  const table = { ...store, tableName }
  await seedRooms(rooms, undefined, table)
  await putItems(table, olderRows(rooms))
}

const olderRows = function* (rooms: SeededRoom[]): Generator<Item> {
  for (const room of rooms) {
    const { participants, ...facts } = seededFacts(room)
    const view = viewRoom({ participants, ...facts })
    for (const viewer of participants) {
      const { shown, ...row } = toStored(viewer.key, projectRow(view, viewer)!, facts.room.revision)
      yield { ...row, room_name: shown }
    }
  }
}

const rebuild = (tableName: string): Run => run('rebuild', ['--table', tableName], environment)

test('10,000 rooms are written anew in under a minute, and in hardly more memory than 2,000', async () => {
  const smallPeak = await peakMemoryOf(rebuild(small.tableName))
  const start = Date.now()
  const running = rebuild(large.tableName)
  const largePeak = await peakMemoryOf(running)
  const seconds = (Date.now() - start) / 1000
  const { code, output } = await ended(running)

  console.info(
    `${Math.round(seconds)} s for ${large.rooms} rooms; peak memory ${Math.round(smallPeak)} MB for ${small.rooms} rooms, ${Math.round(largePeak)} MB for ${large.rooms}`,
  )
  expect(code).toBe(0)
  expect(output).toContain(`rebuilt: rooms ${large.rooms}, users 1000\nrows corrected: 20000\n`)
  expect(seconds).toBeLessThan(60)
  expect(largePeak).toBeLessThan(smallPeak * 1.3)
}, 240_000)
