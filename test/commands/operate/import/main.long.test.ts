import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTable } from '../../../../commands/local/table.ts'
import { store } from '../../../../lib/deps.ts'
import type { RoomType } from '../../../../lib/domain/room-type.ts'
import { listRooms } from '../../../../lib/store/rows/list-rooms.ts'
import { fileUsers, writeEventFile } from '../../../support/event-file.ts'
import { limitedHeap, peakMemoryOf } from '../../../support/peak-memory.ts'
import { ended, run, type Run } from '../../../support/run.ts'

const environment = {
  ...limitedHeap,
  AWS_ENDPOINT_URL_DYNAMODB: process.env['AWS_ENDPOINT_URL_DYNAMODB']!,
}
const tables = {
  small: `${store.tableName}-small`,
  whole: `${store.tableName}-whole`,
  killed: `${store.tableName}-killed`,
  stopped: `${store.tableName}-stopped`,
}
const files = { small: '10000.jsonl', whole: '100000.jsonl' }
let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'import-'))
  await writeEventFile(join(directory, files.small), 10_000)
  await writeEventFile(join(directory, files.whole), 100_000)
  for (const table of Object.values(tables)) await createTable(new DynamoDBClient(), table)
}, 60_000)
afterAll(() => rm(directory, { recursive: true }))

const importFile = (file: string, table: string): Run =>
  run('import', ['--table', table, join(directory, file)], environment)

const listings = (tableName: string) =>
  Promise.all(
    fileUsers.flatMap((caller) =>
      (['single', 'group'] as RoomType[]).map((type) =>
        listRooms(
          { ...store, tableName },
          { caller, types: [type], filter: {}, page: 1, limit: 100 },
        ),
      ),
    ),
  )

/** The number of lines in the last progress report of an import. */
const countLines = (running: Run): number =>
  Number([...running.output().matchAll(/^(\d+) lines, /gm)].at(-1)?.[1] ?? 0)

test('100,000 events are imported in hardly more memory than 10,000', async () => {
  const small = await peakMemoryOf(importFile(files.small, tables.small))
  const start = Date.now()
  const running = importFile(files.whole, tables.whole)
  const peak = await peakMemoryOf(running)
  const { code } = await ended(running)

  console.info(
    `${Math.round(100_000_000 / (Date.now() - start))} events a second; peak memory ${Math.round(small)} MB for 10,000 events, ${Math.round(peak)} MB for 100,000`,
  )
  expect(code).toBe(0)
  expect(peak).toBeLessThan(small * 1.3)
}, 600_000)

test.each([
  { how: 'killed', signal: 'SIGKILL', exitCode: undefined },
  { how: 'stopped', signal: 'SIGTERM', exitCode: 143 },
] as const)(
  '$how halfway and run again, the result is the same',
  async (given) => {
    const { how, signal, exitCode } = given
    const halfway = importFile(files.whole, tables[how])
    while (countLines(halfway) < 50_000) await setTimeout(100)
    halfway.child.kill(signal)
    const { code: halfwayCode } = await ended(halfway)
    const { code } = await ended(importFile(files.whole, tables[how]))

    expect(halfwayCode).toBe(exitCode)
    expect(code).toBe(0)
    expect(await listings(tables[how])).toEqual(await listings(tables.whole))
  },
  600_000,
)
