import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { expect, test } from '@jest/globals'
import { store } from '../../../../lib/deps.ts'
import { participantKey, rowKey, totalKey } from '../../../../lib/store/keys.ts'
import { endingThreads } from '../../../support/ending-threads.ts'
import { createRoom, findRow, freshId, listAll, useTable } from '../../../support/inbox.ts'
import { ended, run } from '../../../support/run.ts'

useTable()

const environment = { AWS_ENDPOINT_URL_DYNAMODB: process.env['AWS_ENDPOINT_URL_DYNAMODB']! }
const rebuild = (...args: string[]) =>
  ended(run('rebuild', ['--table', store.tableName, ...args], environment))

const spoil = async (email: string, roomId: number): Promise<void> => {
  const set = (Key: object, UpdateExpression: string) =>
    store.client.send(
      new UpdateCommand({
        TableName: store.tableName,
        Key: { ...Key },
        UpdateExpression,
        ExpressionAttributeNames: { '#total': 'total', '#count': 'unread_count' },
        ExpressionAttributeValues: { ':n': 9 },
      }),
    )
  await set(rowKey(email, roomId), 'SET #count = :n REMOVE #total')
  await set(totalKey(email, 'single'), 'SET #total = :n REMOVE #count')
}

test('a check names what differs by its room and by hashes, and a rebuild corrects it', async () => {
  const { me, roomId } = await createRoom('single')
  const another = await createRoom('group')
  await spoil(me, roomId)

  const checked = await rebuild('--check')
  const ofOneRoom = await rebuild('--room', String(roomId), String(another.roomId))
  const again = await rebuild('--check')

  expect(checked.code).toBe(1)
  expect(checked.output).toMatch(/^Reading table /)
  expect(checked.output).toMatch(
    new RegExp(`^room ${roomId}, user [\\w-]{16}: the row does not show what the facts say$`, 'm'),
  )
  expect(checked.output).toMatch(
    /^user [\w-]{16}: the total of personal rooms is 9, and 1 is listed$/m,
  )
  expect(checked.output).not.toContain(me)
  expect(checked.output).toMatch(
    /checked: rooms 2, users 4\nrows that differ: 1\ntotals that differ: 1$/,
  )
  expect(ofOneRoom).toEqual({
    code: 0,
    output: expect.stringMatching(
      /^Writing to .*\nrebuilt: rooms 2, users 4\nrows corrected: 1\ntotals corrected: 1$/,
    ),
  })
  expect(again).toEqual({
    code: 0,
    output: expect.stringMatching(/rows that differ: 0\ntotals that differ: 0$/),
  })
  expect(await findRow(me, roomId)).toMatchObject({ unread_count: 0 })
  expect(await listAll(me, 'single')).toHaveLength(1)
})

test('a room that is damaged or missing is named once, and the others are rebuilt', async () => {
  const damaged = await createRoom('group')
  const sound = await createRoom('single')
  await store.client.send(
    new UpdateCommand({
      TableName: store.tableName,
      Key: participantKey(damaged.roomId, damaged.me),
      UpdateExpression: 'SET joinings = :text',
      ExpressionAttributeValues: { ':text': 'x' },
    }),
  )
  await spoil(sound.me, sound.roomId)
  const missing = freshId()

  const { code, output } = await rebuild(
    '--room',
    ...[damaged, sound, { roomId: missing }].map(({ roomId }) => String(roomId)),
  )

  expect(code).toBe(1)
  const reason = 'the attribute joinings is not a set of strings: correct it in the table'
  expect(output).toMatch(new RegExp(`^room ${damaged.roomId}, a participant: ${reason}$`, 'm'))
  expect(output).toMatch(new RegExp(`^room ${missing}: not in the table$`, 'm'))
  expect(output).toMatch(/rows corrected: 1\ntotals corrected: 1\nnot rebuilt: 2$/)
  expect(output).not.toContain('un the command again')
})

test.each([
  { args: ['--check'], done: 'checked', early: 'The rest has not been checked.' },
  { args: [], done: 'rebuilt', early: 'What is counted here is rebuilt.' },
])('$done: work that fails is summarized, with how to go on', async ({ args, done, early }) => {
  const { roomId } = await createRoom('group')
  const onRoom = ['--table', store.tableName, ...args, '--room', String(roomId)]

  const { code, output } = await ended(run('rebuild', onRoom, { ...environment, ...endingThreads }))

  expect(code).toBe(1)
  expect(output).toContain(`${done}: rooms 0, users 0\n`)
  expect(output).toContain(`\nFailed. ${early} Run the command again.`)
  expect(output).toMatch(/^Cannot work on table test-.*: it failed \(.*\)\.$/m)
})

test.each([
  { args: ['--room', '31387x'], reason: '--room 31387x is not the id of a room, such as 31387' },
  { args: ['--dry-run'], reason: 'There is no option --dry-run: did you mean --check?' },
  { args: ['--tabel', 'x'], reason: 'There is no option --tabel: did you mean --table?' },
  { args: ['31387'], reason: "Unexpected argument '31387'" },
])('$args are refused with the usage', async ({ args, reason }) => {
  const { code, output } = await rebuild(...args)

  expect(code).toBe(2)
  expect(output.startsWith(`${reason}\n\nusage: npm run rebuild`)).toBe(true)
})
