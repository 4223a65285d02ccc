import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { ScanCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { processEntries } from '../../../../commands/operate/import/process-entries.ts'
import type { Progress } from '../../../../commands/operate/table/progress.ts'
import { type Entry, readEntries } from '../../../../commands/operate/import/read-entries.ts'
import { Report } from '../../../../commands/operate/import/report.ts'
import {
  type ImportWorkers,
  makeImportTask,
  startImportWorkers,
  type Task,
} from '../../../../commands/operate/import/tasks.ts'
import { verifyEntries } from '../../../../commands/operate/import/verify/verify-entries.ts'
import { createTable } from '../../../../commands/local/table.ts'
import { store } from '../../../../lib/deps.ts'
import type { Item } from '../../../../lib/store/item.ts'
import { at } from '../../../support/events.ts'

const tableName = process.env['TABLE_NAME']!
let directory: string
let file: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'process-entries-'))
  file = join(directory, 'events.jsonl')
  await writeFile(
    file,
    [...rooms.map(createRoom), ...rooms.slice(0, 3).flatMap(disturb)].join('\n'),
  )
})
afterAll(async () => {
  process.env['TABLE_NAME'] = tableName
  await rm(directory, { recursive: true })
})

const event = (type: string, detail: object): string =>
  JSON.stringify({ 'detail-type': type, detail: { occurred_at: at(900), ...detail } })

const person = (id: number) => ({
  id,
  email: `person-${id}@example.com`,
  username: '',
  avatar_url: '',
})
/** Enough to keep three threads busy. */
const rooms = Array.from({ length: 20 }, (_, index) => index + 1)
const createRoom = (room_id: number): string =>
  event('room.created', {
    room_id,
    room_type: 'single',
    room_name: '',
    room_avatar_url: '',
    participants: [person(0), person((room_id % 4) + 1)],
  })
/** Events of a room that is full, of no room, and of a room that nobody has created. */
const disturb = (room_id: number): string[] => [
  'not an event',
  event('participant.joined', { room_id, participant: person(5) }),
  event('profile.updated', { ...person(room_id), username: `name ${room_id}` }),
  event('comment.posted', { room_id, comment_id: 1, email: person(0).email, message: 'text' }),
  event('comment.posted', { room_id: room_id + 100, comment_id: 1, email: 'a@b', message: '' }),
]

const progress: Progress = {
  advance: () => undefined,
  say: () => undefined,
  stop: () => undefined,
}

/** Everything that a work on the file reports, line by line. */
const runOn = async (
  workers: ImportWorkers,
  work: (entries: AsyncGenerator<Entry>, report: Report) => Promise<void>,
): Promise<string[]> => {
  const said: string[] = []
  const report = new Report('done', (line) => said.push(line.replace(directory, '')))
  await work(readEntries([file], undefined, Date.now), report)
  report.uncreatedRooms = await workers.run('findUncreated', report.roomsWithoutCreation)
  return [...said, ...report.summarize().split('\n')]
}

/**
 * The contents of a table. How often a room is projected, and which of a user's rooms is the last that a
 * profile reaches, depend on the moment at which the profile arrives.
 */
const readTable = async (): Promise<Item[]> => {
  const { Items = [] } = await store.client.send(
    new ScanCommand({ TableName: process.env['TABLE_NAME'] }),
  )
  // These differ between two imports of the same events.
  const other = { revision: undefined, reached: undefined, changed: undefined, total_id: undefined }
  return Items.map((item): Item => ({ ...item, ...other })).sort((a, b) =>
    `${a['pk']} ${a['sk']}` < `${b['pk']} ${b['sk']}` ? -1 : 1,
  )
}

const importWith = async (threads: number) => {
  process.env['TABLE_NAME'] = `${tableName}-${threads}`
  await createTable(new DynamoDBClient(), process.env['TABLE_NAME'])
  const workers = startImportWorkers(threads)
  const common = { isStrict: false, progress }
  const imported = await runOn(workers, (entries, report) =>
    processEntries(entries, { ...common, report, task: makeImportTask(workers, 'the table') }),
  )
  const verified = await runOn(workers, (entries, report) =>
    verifyEntries(entries, {
      ...common,
      workers,
      report,
      total: undefined,
      until: undefined,
      repairFile: undefined,
    }),
  )
  await workers.end()
  return { imported, verified, table: await readTable() }
}

test('the number of threads changes neither the table nor the report', async () => {
  const one = await importWith(1)
  const three = await importWith(3)

  expect(one.imported.filter((line) => line.startsWith('/'))).toEqual(
    [1, 2, 3].flatMap((room) => [
      `/events.jsonl:${16 + 5 * room}: the line is not JSON`,
      expect.stringMatching(`^/events.jsonl:${17 + 5 * room}: room ${room} is full`),
    ]),
  )
  expect(one.imported).toContain('rooms never created: 3 (room_id 101, 102, 103)')
  expect(one.verified.filter((line) => line.startsWith('/')).sort()).toEqual(
    one.imported.filter((line) => line.startsWith('/')).sort(),
  )
  expect(one.table.length).toBeGreaterThan(100)
  expect(three).toEqual(one)
}, 60_000)

test.each([
  ['16 MB', { bytes: 8_000_000, count: 5 }, [2, 2, 1]],
  ['60,000 entries', { bytes: 1, count: 125_000 }, [60_000, 60_000, 5000]],
])('each batch of an import holds up to %s', async (_, { bytes, count }, sizes) => {
  const batches: number[] = []
  const task: Task = {
    processBatch: (batch) => Promise.resolve(void batches.push(batch.length)),
  }
  async function* entries(): AsyncGenerator<Entry> {
    for (let number = 1; number <= count; number += 1)
      yield await Promise.resolve({ number, place: `file:${number}`, bytes, end: number * bytes })
  }

  await processEntries(entries(), {
    isStrict: false,
    task,
    report: new Report('done', () => undefined),
    progress,
  })

  expect(batches).toEqual(sizes)
})
