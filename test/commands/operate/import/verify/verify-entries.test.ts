import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { store } from '../../../../../lib/deps.ts'
import type { ChatEvent } from '../../../../../lib/domain/events.ts'
import { toTimestamp } from '../../../../../lib/domain/time.ts'
import {
  at,
  joined,
  left,
  muted,
  named,
  posted,
  renamed,
  roomCreated,
} from '../../../../support/events.ts'
import { apply, freshEmail, freshId, freshRoom, useTable } from '../../../../support/inbox.ts'
import { ended, run, untilItPrints } from '../../../../support/run.ts'

useTable()

let directory: string
/** Where the commands make temporary files. */
let temporary: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'verify-'))
  temporary = join(directory, 'temporary')
  await mkdir(temporary)
})
afterAll(() => rm(directory, { recursive: true }))

const start = (...args: string[]) =>
  run('import', ['--table', store.tableName, ...args], {
    AWS_ENDPOINT_URL_DYNAMODB: process.env['AWS_ENDPOINT_URL_DYNAMODB']!,
    TMPDIR: temporary,
    // Not in the directory of temporary files.
    NODE_COMPILE_CACHE: join(directory, 'cache'),
  })
const verify = (...args: string[]) => ended(start('--verify', ...args))

const fresh = (): string => join(directory, `${freshId()}.jsonl`)
const writeEvents = async (events: ChatEvent[], more = ''): Promise<string> => {
  const path = fresh()
  const lines = events.map(({ type, ...detail }) => JSON.stringify({ 'detail-type': type, detail }))
  await writeFile(path, `${lines.join('\n')}\n${more}`)
  return path
}
const listTemporary = async () =>
  (await readdir(temporary)).filter((name) => name.startsWith('inbox-verify-'))

test('a table that was imported with wrong times is reported when the corrected file is verified', async () => {
  const { me, other, roomId } = freshRoom()
  const corrected = [
    roomCreated(roomId, 'single', [me, other]),
    posted(roomId, 1, me, at(5)),
    posted(roomId, 2, other, at(6)),
  ]
  const twoHours = 7_200_000
  const wrong = corrected.map((event) => ({
    ...event,
    occurred_at: toTimestamp(Date.parse(event.occurred_at) + twoHours),
  }))
  await ended(start(await writeEvents(wrong)))

  const { code, output } = await verify(await writeEvents(corrected))

  expect(code).toBe(3)
  expect(output).toContain(
    `room ${roomId}: created_at is "2024-01-01T02:00:00.000Z" in the table and "2024-01-01T00:00:00.000Z" in the files (import the files again)\n`,
  )
  expect(output).toContain(
    `room ${roomId}: comment 1: time is "2024-01-01T02:00:05.000Z" in the table and "2024-01-01T00:00:05.000Z" in the files (no event corrects it)\n`,
  )
  expect(output).toMatch(
    /\ndifferences: 5\n {2}3 that importing the files again corrects\n {2}2 that no event corrects$/,
  )
}, 60_000)

describe('--repair', () => {
  test('writes events that bring the table to what the files say', async () => {
    const { me, other, roomId } = freshRoom()
    const surplusId = freshId()
    const third = freshEmail()
    const files = await writeEvents([
      roomCreated(roomId, 'group', [me, other]),
      posted(roomId, 1, me, at(5)),
      muted(roomId, me, at(5), false),
      { ...renamed(me, 'new name', at(6)), email: me },
    ])
    await apply(
      roomCreated(roomId, 'group', [me, other]),
      joined(roomId, third, at(7)),
      left(roomId, other, at(8)),
      muted(roomId, me, at(9)),
      renamed(me, 'wrong', at(10)),
      roomCreated(surplusId, 'group', [me, third]),
    )
    const repairs = fresh()

    const before = await verify('--repair', repairs, files)
    const imported = await ended(start(repairs))
    const after = await verify(files)

    expect(before.code).toBe(3)
    expect(before.output).toContain(
      `room ${surplusId}: is in the table and not in the files (--repair writes what corrects it)`,
    )
    expect(before.output).toContain(
      `the profile of ${me}: username is "wrong" in the table and "new name" in the files (--repair`,
    )
    expect(before.output).toMatch(
      /\n {2}1 that importing the files again corrects\n {2}6 that the events of --repair correct\nrepairs written: \d+ events in .*jsonl\. Import the file, then verify again\.$/,
    )
    expect(imported.code).toBe(0)
    expect(after.output).not.toContain('(')
    expect(after.code).toBe(0)
  }, 60_000)

  test('writes no file if there is nothing to repair, or if lines were refused', async () => {
    const { me, other, roomId } = freshRoom()
    const events = [roomCreated(roomId, 'group', [me, other])]
    await apply(...events)
    const repairs = fresh()

    const clean = await verify('--repair', repairs, await writeEvents(events))
    await apply(left(roomId, other, at(9)))
    const refused = await verify('--repair', repairs, await writeEvents(events, 'not json'))

    expect(clean).toMatchObject({ code: 0, output: expect.stringMatching(/is not written\.$/) })
    expect(refused).toMatchObject({
      code: 3,
      output: expect.stringMatching(/\nNo repairs are written, because lines were refused: .*$/),
    })
    await expect(readFile(repairs)).rejects.toThrow('ENOENT')
  }, 30_000)

  test('neither replaces a file nor makes a directory', async () => {
    const events = await writeEvents([])

    expect(await verify('--repair', events, events)).toEqual({
      code: 1,
      output: `--repair ${events} exists: name a file that does not exist yet, or remove this one.`,
    })
    expect(await verify('--repair', '/nowhere/repairs.jsonl', events)).toEqual({
      code: 1,
      output: expect.stringMatching(/^--repair \/nowhere\/repairs.jsonl cannot be written: ENOENT/),
    })
  })
})

test('with --until, what happened later is no difference', async () => {
  const { me, other, roomId } = freshRoom()
  const surplusId = freshId()
  const files = await writeEvents([roomCreated(roomId, 'group', [me, other])])
  await apply(
    roomCreated(roomId, 'group', [me, other]),
    left(roomId, other, at(61)),
    roomCreated(surplusId, 'group', [me], at(61)),
  )

  expect(await verify('--until', '2024-01-01T00:01:00Z', files)).toMatchObject({ code: 0 })
  expect(await verify(files)).toMatchObject({ code: 3 })
}, 30_000)

test('a listing document is compared with the listing that it shows', async () => {
  const { me, other, roomId } = freshRoom()
  const [groupId, surplusId] = [freshId(), freshId()]
  const listed = {
    room_id: groupId,
    room_name: `room ${groupId}`,
    room_type: 'group',
    room_avatar_url: '',
    last_comment_id: 0,
    last_comment_message: '',
    last_comment_timestamp: at(0),
    unread_count: 0,
  }
  const document = join(directory, 'group.json')
  await writeFile(document, JSON.stringify({ data: { results: { rooms_info: [listed] } } }))
  const origin = ['--for', me, '--as-of', at(0)]
  await ended(start(...origin, document))
  await apply(
    roomCreated(groupId, 'group', [me, other]),
    roomCreated(roomId, 'single', [me, other]),
    roomCreated(surplusId, 'group', [me, other]),
  )

  const { code, output } = await verify(...origin, document)
  await apply(posted(groupId, 1, other, at(61)))
  const later = await verify('--until', at(60), ...origin, document)

  expect(code).toBe(3)
  expect(later.output).not.toContain(`${document}: room 1`)
  expect(output.split('\n').filter((line) => line.includes('('))).toEqual([
    `room ${surplusId}: is in the table and not in the files (--repair writes what corrects it)`,
  ])
}, 30_000)

test('a room with more comments than are compared at once is compared completely', async () => {
  const { me, other, roomId } = freshRoom()
  const missingId = freshId()
  const write = (id: number): ChatEvent[] => [
    roomCreated(id, 'group', [me, other]),
    ...Array.from({ length: 1100 }, (_, index) => posted(id, index + 1, me, at(index))),
  ]
  const stored = write(roomId)
  await apply(...stored)
  const isLeftOut = (event: ChatEvent) => 'comment_id' in event && event.comment_id === 1050
  const files = stored.filter((event) => !isLeftOut(event))

  const { output } = await verify(await writeEvents([...files, ...write(missingId)]))

  expect(output.split('\n').filter((line) => line.includes('('))).toEqual(
    expect.arrayContaining([
      `room ${roomId}: comment 1050 is in the table and not in the files (--repair writes what corrects it)`,
      `room ${missingId}: is not in the table (import the files again)`,
    ]),
  )
  expect(output).toMatch(/comments 2199\n.*\n.*\ndifferences: 2\n/)
}, 60_000)

test('a file without events, or with profiles only, is verified too', async () => {
  const email = freshEmail()
  const profile = { ...named(email), type: 'profile.updated' as const, occurred_at: at(1) }

  expect(await verify(await writeEvents([]))).toMatchObject({ code: 0 })
  expect(await verify(await writeEvents([profile]))).toMatchObject({
    code: 1,
    output: expect.stringContaining(
      `the profile of ${email}: username is not stored in the table and "name of ${email}"`,
    ),
  })
}, 30_000)

test('--strict ends with the first line that is refused, and compares nothing', async () => {
  const missing = [roomCreated(freshId(), 'group', [freshEmail()])]

  const { code, output } = await verify('--strict', await writeEvents(missing, 'not json'))

  expect(code).toBe(1)
  expect(output).toMatch(/verified: rooms 0, .*\n.*\nlines refused: 1\nStopped at the first/)
})

test('an interruption removes the temporary files and the file of repairs', async () => {
  const repairs = fresh()
  const running = start('--verify', '--repair', repairs, '-')
  running.child.stdin.write('not json\n'.repeat(60_000))
  await untilItPrints(running, 'the line is not JSON')
  expect(await listTemporary()).toHaveLength(1)

  running.child.kill('SIGINT')
  const { code, output } = await ended(running)

  expect(code).toBe(130)
  expect(output).toMatch(
    /\nInterrupted\. The rest has not been compared\. Run the command again\.$/,
  )
  expect(await listTemporary()).toEqual([])
  await expect(readFile(repairs)).rejects.toThrow('ENOENT')
}, 30_000)
