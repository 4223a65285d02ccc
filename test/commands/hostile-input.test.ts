import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { store } from '../../lib/deps.ts'
import { roomKey } from '../../lib/store/keys.ts'
import { roomCreated } from '../support/events.ts'
import { apply, createRoom, freshEmail, freshId, useTable } from '../support/inbox.ts'
import { ended, run, runProgram } from '../support/run.ts'

useTable()

/** Colours the terminal, sets its title, and reverses what follows. */
const hostile = '\u001b[31m\u009b31m\u001b]0;owned\u0007\u202e'
const escaped = '\\u001b[31m\\u009b31m\\u001b]0;owned\\u0007\\u202e'

const environment = { AWS_ENDPOINT_URL_DYNAMODB: process.env['AWS_ENDPOINT_URL_DYNAMODB']! }
const onTable = ['--table', store.tableName]

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hostile-'))
})
afterAll(() => rm(directory, { recursive: true }))

const file = async (name: string, content: string): Promise<string> => {
  const path = join(directory, name)
  await writeFile(path, content)
  return path
}

/** Runs a command, and expects that it prints the hostile text with escapes only. */
const expectEscaped = async (command: string, args: string[], variables = environment) => {
  const { output } = await ended(run(command, args, variables))

  expect(output).toContain(escaped)
  expect(output.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  return output
}

describe('control and format characters are escaped in what', () => {
  test('an import prints of the names of files and events', async () => {
    const event = JSON.stringify({ 'detail-type': hostile, detail: {} })
    const path = await file(`a${hostile}.jsonl`, event)

    const output = await expectEscaped('import', ['--dry-run', path])

    expect(output).toContain(`a${escaped}.jsonl:1: detail-type "${escaped}" is unknown`)
  })

  test('an import prints of a file that is not there', () =>
    expectEscaped('import', ['--dry-run', `${hostile}.jsonl`]))

  test('a verification prints of names and messages in the table', async () => {
    const email = freshEmail()
    const room_id = freshId()
    await apply({ ...roomCreated(room_id, 'group', [email]), room_name: hostile })
    const listed = {
      room_id,
      room_name: 'another',
      room_type: 'group',
      room_avatar_url: '',
      last_comment_id: 1,
      last_comment_message: '',
      last_comment_timestamp: '2024-01-01T00:00:00Z',
      unread_count: 0,
      participants: [],
    }
    const path = await file(
      'listing.json',
      JSON.stringify({ data: { results: { rooms_info: [listed] } } }),
    )

    const output = await expectEscaped('import', [
      ...onTable,
      '--verify',
      ...['--for', email, '--as-of', '2024-01-01T00:00:00Z'],
      path,
    ])

    expect(output).toContain(`room_name is "${escaped}", not "another"`)
  })

  test('an erasure prints of addresses', async () => {
    await expectEscaped('erase', [...onTable, '--dry-run', `a${hostile}@example.com`])
    const { output } = await ended(
      run('erase', [...onTable, '--dry-run', 'a\u202eb@example.com'], environment),
    )

    expect(output).toContain('a\\u202eb@example.com')
  })

  test('a rebuild prints of an item that it cannot read', async () => {
    const { roomId } = await createRoom('group')
    await store.client.send(
      new UpdateCommand({
        TableName: store.tableName,
        Key: { ...roomKey(roomId) },
        UpdateExpression: 'SET #type = :hostile',
        ExpressionAttributeNames: { '#type': 'type' },
        ExpressionAttributeValues: { ':hostile': hostile },
      }),
    )

    const output = await expectEscaped('rebuild', [...onTable, '--check'])

    expect(output).toContain(`room ${roomId} is stored with the type "${escaped}"`)
  })

  test.each([
    ['start', [`--${hostile}`]],
    ['token', [`--${hostile}`]],
    ['erase', [`--${hostile}`]],
    ['rebuild', [hostile]],
    ['restore', ['--from', `a${hostile}`]],
    ['cost', ['--users', hostile]],
    ['contract', [hostile]],
  ])('%s prints of its arguments', async (command, args) => {
    await expectEscaped(command, args)
  })

  test('start prints of its environment', () =>
    expectEscaped('start', [], { ...environment, TABLE_NAME: hostile } as typeof environment))
})

test.each([
  ['that a command throws', 'throw error'],
  ['in a timer', 'setTimeout(() => { throw error })'],
  ['in a promise that nobody awaits', 'void Promise.reject(error)'],
])('an error %s is printed escaped, and the exit code is 1', async (_, fails) => {
  const message = JSON.stringify(hostile)
  const script = `
    const { runCommand } = await import('./commands/command.ts')
    const error = new Error(${message}, { cause: new Error(${message}) })
    runCommand(() => { ${fails} })`

  const { code, output } = await ended(
    runProgram(process.execPath, ['--input-type=module', '--eval', script]),
  )

  expect(code).toBe(1)
  expect(output).toMatch(/^Error: \\u001b\[31m.*\n {4}at .*\[cause\]: Error: \\u001b/s)
  expect(output.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
})
