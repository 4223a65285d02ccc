import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { beforeAll, expect, test } from '@jest/globals'
import { createTable } from '../../../../commands/local/table.ts'
import { store } from '../../../../lib/deps.ts'
import type { ChatEvent } from '../../../../lib/domain/events.ts'
import { applyEvents } from '../../../../lib/store/apply-events.ts'
import type { Store } from '../../../../lib/store/store.ts'
import { at, posted, renamed, roomCreated } from '../../../support/events.ts'
import {
  apply,
  createRoom,
  findRow,
  freshId,
  freshRoom,
  listAll,
  useTable,
} from '../../../support/inbox.ts'
import { ended, run } from '../../../support/run.ts'

useTable()
const restored = { ...store, tableName: `${store.tableName}-restored` }
beforeAll(async () => {
  await createTable(new DynamoDBClient(), restored.tableName)
})

const deliver = async (events: ChatEvent[], to: Store): Promise<void> => {
  const { outcomes } = await applyEvents(to, events)
  expect(outcomes).toEqual(events.map(() => undefined))
}

const environment = { AWS_ENDPOINT_URL_DYNAMODB: process.env['AWS_ENDPOINT_URL_DYNAMODB']! }
const restore = (...args: string[]) =>
  ended(run('restore', ['--table', store.tableName, ...args], environment))

test('a dry run counts what is missing, a restore copies it, and another one has nothing to copy', async () => {
  const { me, other, roomId } = freshRoom()
  const before = [roomCreated(roomId, 'single', [me, other]), renamed(other, 'Ann', at(5))]
  await deliver([...before, posted(roomId, 1, other, at(6), 'lost')], restored)
  await apply(posted(roomId, 2, other, at(7), 'newer'))

  const dry = await restore('--from', restored.tableName, '--dry-run')
  const rows = await listAll(me, 'single')
  const first = await restore('--from', restored.tableName)
  const second = await restore('--from', restored.tableName, '--room', String(roomId))

  expect(dry).toEqual({
    code: 0,
    output: expect.stringMatching(
      /compared: rooms 1, users 2\nfacts to copy: [1-9]\d*\nprofiles to copy: 1$/,
    ),
  })
  expect(rows).toEqual([])
  expect(first).toEqual({
    code: 0,
    output: expect.stringMatching(
      /^Writing to .*\nReading .*\nrestored: rooms 1, users 2\nfacts copied: \d+\nprofiles copied: 1\n/,
    ),
  })
  expect(second.output).toMatch(/restored: rooms 1, users 2\nfacts copied: 0\nprofiles copied: 0\n/)
  expect(await findRow(me, roomId)).toMatchObject({
    last_comment_message: 'newer',
    room_name: 'Ann',
    unread_count: 2,
  })
})

test('a profile is restored into rooms that only the live table has', async () => {
  const { me, other, roomId } = await createRoom('single')
  await deliver([renamed(other, 'Ann', at(5))], restored)

  const { code } = await restore('--from', restored.tableName)

  expect(code).toBe(0)
  expect(await findRow(me, roomId)).toMatchObject({ room_name: 'Ann' })
})

test('a room that cannot be restored is named and counted, and the others are restored', async () => {
  const refused = await createRoom('single')
  const { me, other, roomId } = freshRoom()
  await deliver([roomCreated(refused.roomId, 'group', [refused.me, refused.other])], restored)
  await deliver([roomCreated(roomId, 'single', [me, other])], restored)
  const missing = freshId()

  const { code, output } = await restore(
    ...['--from', restored.tableName, '--room'],
    ...[refused.roomId, roomId, missing].map(String),
  )

  expect(code).toBe(1)
  expect(output).toMatch(new RegExp(`^room ${refused.roomId} is known as a single room`, 'm'))
  expect(output).toMatch(new RegExp(`^room ${missing}: not in the table$`, 'm'))
  expect(output).toMatch(/restored: rooms 1, .*\n(.*\n)*not restored: 2$/)
  expect(await findRow(me, roomId)).toBeDefined()
})

test.each([
  { args: [], code: 2, reason: /^name the restored table with --from\n\nusage: npm run restore/ },
  {
    args: ['--from', store.tableName],
    code: 2,
    reason: /are both test-.*: name the restored table with --from\. Nothing was written\.$/,
  },
  { args: ['--from', 'nowhere'], code: 1, reason: /there is no such table/ },
])('$args are refused before anything is written', async ({ args, code, reason }) => {
  expect(await restore(...args)).toEqual({ code, output: expect.stringMatching(reason) })
})
