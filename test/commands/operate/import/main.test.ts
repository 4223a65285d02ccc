import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { handler as listGroupChats } from '../../../../functions/list-group-chats.ts'
import { handler as listPersonalChats } from '../../../../functions/list-personal-chats.ts'
import { store } from '../../../../lib/deps.ts'
import { rowKey } from '../../../../lib/store/keys.ts'
import { call } from '../../../support/api-call.ts'
import { findCommandFile } from '../../../support/command-file.ts'
import { endingThreads } from '../../../support/ending-threads.ts'
import { fileUsers, writeEventFile } from '../../../support/event-file.ts'
import { roomCreated } from '../../../support/events.ts'
import { ended, run, runProgram, untilItPrints } from '../../../support/run.ts'
import { apply, freshEmail, listAll, useTable } from '../../../support/inbox.ts'

useTable()

let directory: string
let events: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'import-'))
  events = join(directory, 'events.jsonl')
  await writeEventFile(events, 500)
})
afterAll(() => rm(directory, { recursive: true }))

const environment = { AWS_ENDPOINT_URL_DYNAMODB: process.env['AWS_ENDPOINT_URL_DYNAMODB']! }
const runImport = (...args: string[]) => run('import', args, environment)
const importFiles = (...args: string[]) => ended(runImport('--table', store.tableName, ...args))
/** Reads files as an import does, without a table. That takes a quarter of the CPU time. */
const checkFiles = (...args: string[]) => ended(run('import', ['--dry-run', ...args]))

const file = async (name: string, content: string | Buffer): Promise<string> => {
  const path = join(directory, name)
  await writeFile(path, content)
  return path
}
const event = (type: string, detail: object): string =>
  JSON.stringify({
    'detail-type': type,
    detail: { occurred_at: '2024-01-01T00:00:00Z', room_id: 900_001, ...detail },
  })
const creation = (room_id: number, email: string): string =>
  event('room.created', {
    room_id,
    room_type: 'group',
    room_name: 'imported',
    room_avatar_url: '',
    participants: [{ id: 1, email, username: email, avatar_url: '' }],
  })
const origin = ['--for', 'Arizal@example.com', '--as-of', '2017-09-03T08:00:00Z']

const listings = () =>
  Promise.all(fileUsers.flatMap((email) => [listAll(email, 'single'), listAll(email, 'group')]))

describe('an event file', () => {
  test('of 500 events is completed after an interruption, imported again without writing a row, and verified', async () => {
    const half = (await readFile(events, 'utf8')).split('\n').slice(0, 250).join('\n')
    await importFiles(await file('half.jsonl', half))
    const completed = await importFiles(events)
    const rows = await listings()
    const again = await importFiles(events)
    const verified = await importFiles('--verify', events)

    expect(completed.output).toMatch(/^Writing to table test-/)
    expect(completed).toMatchObject({
      code: 0,
      output: expect.stringMatching(
        /imported: rooms 10, participants 35, comments 383\nrows written: \d+\nlines refused: 0$/,
      ),
    })
    expect(rows.every((listing) => listing.length > 0)).toBe(true)
    expect(again).toMatchObject({
      code: 0,
      output: expect.stringMatching(/rows written: 0$/m),
    })
    expect(await listings()).toEqual(rows)
    expect(verified).toMatchObject({
      code: 0,
      output: expect.stringMatching(/verified: rooms 10, .*\nrows written: 0\nlines refused: 0$/),
    })
  }, 30_000)

  test('may be compressed', async () => {
    const path = await file('one.jsonl.gz', gzipSync(creation(900_002, 'zip@example.com')))

    expect(await checkFiles(path)).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^valid: rooms 1, /),
    })
  })

  test('may come from standard input', async () => {
    const running = run('import', ['--dry-run', '-'])
    running.child.stdin.end(creation(900_003, 'stdin@example.com'))

    expect(await ended(running)).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^valid: rooms 1, /),
    })
  })

  test('that is compressed needs a name that says so', async () => {
    const path = await file('zipped.jsonl', gzipSync(creation(900_004, 'zip@example.com')))
    const document = await file('zipped.json', gzipSync('{}'))
    const fromInput = run('import', ['--dry-run', '-'])
    fromInput.child.stdin.end(await readFile(path))

    expect(await ended(fromInput)).toMatchObject({
      code: 1,
      output: expect.stringContaining(
        'Standard input is gzip: run gunzip -c FILE | npm run import -- -',
      ),
    })
    expect(await checkFiles(path)).toMatchObject({
      code: 1,
      output: expect.stringContaining(
        `${path} is gzip: rename it to ${path}.gz, or run gunzip -c ${path} | npm run import -- -`,
      ),
    })
    expect(await checkFiles(...origin, document)).toMatchObject({
      code: 1,
      output: expect.stringContaining(`${document} is gzip: rename it to ${document}.gz.`),
    })
  })
})

test('rooms that events name and nobody has created are counted at the end', async () => {
  const comment = (room_id: number) =>
    event('comment.posted', { room_id, comment_id: 1, email: 'a@example.com', message: '' })
  await apply(roomCreated(900_020, 'group', ['a@example.com']))
  const path = await file(
    'uncreated.jsonl',
    [
      comment(900_020),
      comment(900_023),
      comment(900_021),
      comment(900_022),
      creation(900_022, 'a@example.com'),
    ].join('\n'),
  )

  const imported = await importFiles(path)
  const verified = await importFiles('--verify', path)

  const uncreated = /\nrooms never created: 2 \(room_id 900021, 900023\)\n.*room.created arrives/
  expect(imported).toEqual({ code: 0, output: expect.stringMatching(uncreated) })
  expect(verified).toEqual({ code: 0, output: expect.stringMatching(uncreated) })
})

describe('an import that is interrupted', () => {
  test.each([
    { signal: 'SIGINT', exitCode: 130, first: 900_030, second: 900_031 },
    { signal: 'SIGTERM', exitCode: 143, first: 900_032, second: 900_033 },
  ] as const)('by $signal says what it did, and how to go on', async (given) => {
    const { signal, exitCode, first, second } = given
    const running = runImport('--table', store.tableName, '-')
    const email = freshEmail()
    const badLines = 'not json\n'.repeat(59_999)
    running.child.stdin.write(`${creation(first, email)}\n${badLines}`)
    running.child.stdin.write(`${creation(second, email)}\n${badLines}`)
    // The second batch starts after the first has been counted.
    while ((await listAll(email, 'group')).length < 2) await setTimeout(10)

    running.child.kill(signal)
    const { code, output } = await ended(running)

    expect(code).toBe(exitCode)
    expect(output).toMatch(
      /imported: rooms [12], .*\nrows written: [12]\nlines refused: 119998\nInterrupted\. .*Run the command again/,
    )
  })
})

describe('an import that fails', () => {
  test.each([
    {
      option: '--strict',
      summary:
        /^imported: rooms 1, .*\nrows written: 1\nlines refused: 0\nFailed\. Everything counted here is in the table, .* Run the command again\.$/m,
    },
    {
      option: '--dry-run',
      summary: /^valid: rooms 0, .*\n.*\n.*\nFailed\. The rest has not been checked\. Run/m,
    },
    {
      option: '--verify',
      summary: /^verified: rooms 0, .*\n.*\n.*\nFailed\. The rest has not been compared\. Run/m,
    },
  ])('says what it did with $option, how to go on, and what is wrong', async (given) => {
    const path = await file('whole.jsonl', `${creation(900_060, freshEmail())}\n`)
    const cut = await file('cut.jsonl.gz', gzipSync('not json').subarray(0, 12))

    const { code, output } = await importFiles(given.option, path, cut)

    expect(code).toBe(1)
    expect(output).toMatch(given.summary)
    expect(output).toContain(`${cut} cannot be read: unexpected end of file`)
  })
})

/** Of util-linux, which runs a command in a terminal of its own. */
const hasScript = spawnSync('script --version', { shell: true }).stdout.includes('util-linux')
const inTerminal = hasScript ? describe : describe.skip

inTerminal('in a terminal', () => {
  const type = (command: string, ...args: string[]) => {
    const line = [process.execPath, findCommandFile(command), ...args].join(' ')
    return runProgram('script', ['-qefc', line, '/dev/null'], { TERM: 'xterm', ...environment })
  }
  const hideCursor = '\x1b[?25l'
  const showCursor = '\x1b[?25h'
  const noWrap = '\x1b[?7l'

  test('the bar counts lines that are refused too, and long refusals are not cut', async () => {
    const name = `${'long-name-'.repeat(20)}.jsonl`
    const path = await file(name, `not json\n${creation(900_040, 'bar@example.com')}\nno\n\n`)

    const { code, output } = await ended(type('import', '--table', store.tableName, path))

    expect(code).toBe(1)
    expect(output).toContain(`${path}:1: the line is not JSON`)
    expect(output).toContain(`${path}:3: the line is not JSON`)
    expect(output).toMatch(/100% {2}3 lines/)
    expect(output).not.toContain(noWrap)
    expect(output.lastIndexOf(showCursor)).toBeGreaterThan(output.lastIndexOf(hideCursor))
  })

  test('Ctrl-C shows the cursor again', async () => {
    const path = join(directory, 'many.jsonl')
    await writeEventFile(path, 20_000)
    const running = type('import', '--table', store.tableName, path)
    await untilItPrints(running, hideCursor)

    running.child.stdin.write('\x03')
    const { code, output } = await ended(running)

    expect(code).toBe(130)
    expect(output).toMatch(/imported: .*Interrupted\. /s)
    expect(output).not.toMatch(/100%/)
    expect(output).not.toContain(noWrap)
    expect(output.lastIndexOf(showCursor)).toBeGreaterThan(output.lastIndexOf(hideCursor))
  })
})

describe('a line that is bad', () => {
  const content = [
    creation(900_010, 'bad@example.com'),
    'not json',
    '',
    event('comment.liked', {}),
    event('comment.posted', { room_id: 900_010, comment_id: -1 }),
    creation(900_011, 'bad@example.com'),
  ].join('\n')

  test('is reported with file and line number, and the rest goes in', async () => {
    const path = await file('bad.jsonl', content)

    const { code, output } = await importFiles(path)

    expect(code).toBe(1)
    expect(output).toContain(`${path}:2: the line is not JSON`)
    expect(output).toContain(`${path}:4: detail-type "comment.liked" is unknown`)
    expect(output).toContain(`${path}:5: detail.comment_id is less than 1`)
    expect(output).toMatch(/imported: rooms 2, .*\nrows written: 2\nlines refused: 3$/)
    expect(await listAll('bad@example.com', 'group')).toHaveLength(2)
  })

  test('may contain other line breaks, and is refused if it is too long or not UTF-8', async () => {
    const comment = event('comment.posted', {
      room_id: 900_010,
      comment_id: 7,
      email: 'bad@example.com',
      message: 'one\u2028two\u2029three',
    })
    const path = await file(
      'breaks.jsonl',
      Buffer.concat([
        Buffer.from(`\ufeff${comment}\r\n${'x'.repeat(5_000_000)}\n`),
        Buffer.from([0x22, 0xe9, 0x22, 0x0a]),
        Buffer.from(comment),
      ]),
    )

    const { output } = await checkFiles(path)

    expect(output).toContain(`${path}:2: the line is longer than 4000000 bytes`)
    expect(output).toContain(`${path}:3: the line is not UTF-8`)
    expect(output).toMatch(/comments 2\n.*\nlines refused: 2$/)
  })

  test('is the last one with --strict', async () => {
    const path = await file('strict.jsonl', content.replaceAll('9000', '9001'))

    const { code, output } = await importFiles('--strict', path)

    expect(code).toBe(1)
    expect(output).toMatch(/imported: rooms 1, .*\n.*\nlines refused: 1\nStopped at the first/)
  })

  test('is the last one with --strict if the table refuses it, too', async () => {
    const join = (email: string) =>
      event('participant.joined', {
        room_id: 900_050,
        participant: { id: 1, email, username: '', avatar_url: '' },
      })
    const full = creation(900_050, 'full@example.com').replace('"group"', '"single"')
    const more = creation(900_051, 'full@example.com')
    const path = await file('full.jsonl', [full, join('b@x'), join('c@x'), more].join('\n'))

    const { code, output } = await importFiles('--strict', path)

    expect(code).toBe(1)
    expect(output).toContain(`${path}:3: room 900050 is full`)
    expect(await listAll('full@example.com', 'group')).toEqual([])
  })

  test('is found by --dry-run, which writes nothing and needs no table', async () => {
    const path = await file('dry.jsonl', content.replaceAll('bad@', 'dry@'))

    const { code, output } = await checkFiles(path)

    expect(code).toBe(1)
    expect(output).toMatch(/valid: rooms 2, participants 2, comments 0\n.*\nlines refused: 3$/)
    expect(await listAll('dry@example.com', 'group')).toEqual([])
  })
})

describe('listing documents', () => {
  const golden = (name: string) =>
    new URL(`../../../../docs/examples/${name}.json`, import.meta.url).pathname

  test('of the contract come out again as they were', async () => {
    const { code, output } = await importFiles(...origin, golden('personal'), golden('group'))
    const personal = await call(listPersonalChats)
    const group = await call(listGroupChats)
    const verified = await importFiles('--verify', ...origin, golden('personal'), golden('group'))

    expect(code).toBe(0)
    expect(output).toMatch(/imported: rooms 7, participants 11, comments 2\n/)
    for (const [name, { body }] of Object.entries({ personal, group })) {
      const document = JSON.parse(await readFile(golden(name), 'utf8'))
      const { rooms_info } = document.data.results
      expect(JSON.stringify(body.data.results.rooms_info)).toBe(JSON.stringify(rooms_info))
    }
    expect(verified.code).toBe(0)
  })

  test('say by --verify what differs', async () => {
    const document = (await readFile(golden('group'), 'utf8'))
      .replace('"unread_count": 0', '"unread_count": 0, "more": 1')
      .replace('"trip name"', '"another name"')
      .replace('32896', '99999999')
    const path = await file('differs.json', document)
    await importFiles(...origin, golden('group'))

    const { code, output } = await importFiles('--verify', ...origin, path)

    expect(code).toBe(3)
    expect(output).toContain(
      `${path}: room 1: room 32898: room_name is "trip name", not "another name" (--repair writes what corrects it)`,
    )
    expect(output).toContain(
      `${path}: room 2: room 99999999 is not listed (import the files again)`,
    )
    expect(output).toContain('room 32896: is in the table and not in the files')
    expect(output).toMatch(/\ndifferences: \d+\n/)
  })

  test('say by --verify which row cannot be read, and go on', async () => {
    await importFiles(...origin, golden('group'))
    const document = JSON.parse(await readFile(golden('group'), 'utf8'))
    const [{ room_id }] = document.data.results.rooms_info
    await store.client.send(
      new UpdateCommand({
        TableName: store.tableName,
        Key: { ...rowKey('arizal@example.com', room_id) },
        UpdateExpression: 'REMOVE shown',
      }),
    )

    const { code, output } = await importFiles('--verify', ...origin, golden('group'))

    expect(code).toBe(1)
    expect(output).toMatch(
      new RegExp(`room 1: the row of room ${room_id} cannot be read: .* npm run rebuild`),
    )
    expect(output).toMatch(
      /verified: rooms \d+, .*\n.*\n.*\ndifferences: 1\n {2}1 that importing the files again corrects$/,
    )
  })

  test('with a bad room are imported without it', async () => {
    const document = (await readFile(golden('group'), 'utf8')).replace('"group"', '"channel"')
    const path = await file('bad.json', document)

    const { code, output } = await importFiles(...origin, path)

    expect(code).toBe(1)
    expect(output).toContain(`${path}: room 1: room.room_type is neither "single" nor "group"`)
    expect(output).toMatch(/imported: rooms 1, /)
  })

  test.each([
    ['not JSON', '{', 'the file is not JSON'],
    ['no document', '{"error":true}', 'document.data is missing'],
  ])('that are %s are refused', async (_, content, reason) => {
    const path = await file('none.json', content)

    const { code, output } = await checkFiles(...origin, path)

    expect(code).toBe(1)
    expect(output).toContain(`${path}: ${reason}`)
  })
})

describe('never by accident:', () => {
  test('a table that is not on this machine needs --yes', async () => {
    const { code, output } = await ended(
      run('import', ['--table', 'prod', events], { AWS_REGION: 'eu-west-1' }),
    )

    expect({ code, output }).toEqual({
      code: 2,
      output: 'This would write to table prod of AWS in eu-west-1: add --yes to do so.',
    })
  })

  test('without --table it is the table of the API on this machine, which must run', async () => {
    const { code, output } = await ended(run('import', [events], { PORT: '9' }))

    expect(code).toBe(1)
    expect(output).toMatch(
      /^The API does not respond at http:\/\/127.0.0.1:9: start it with npm start/,
    )
  })
})

describe('a sentence for', () => {
  test('an argument that is wrong', async () => {
    const { code, output } = await importFiles('--for', 'a', 'x.json')

    expect(code).toBe(2)
    expect(output).toMatch(/use --for and --as-of together/)
    expect(output).not.toMatch(/\n {4}at /)
  })

  test('a file that is not there', async () => {
    const { code, output } = await importFiles('/nowhere.jsonl')

    expect(code).toBe(1)
    expect(output).toMatch(/^\/nowhere.jsonl cannot be read: ENOENT/)
  })

  test('a table that does not exist', async () => {
    const { code, output } = await ended(runImport('--table', 'missing', events))

    expect(code).toBe(1)
    expect(output).toMatch(
      /^Cannot work on table missing in DynamoDB on http.*: there is no such table/,
    )
  })

  test('a thread that ends', async () => {
    const { code, output } = await ended(
      run('import', ['--table', store.tableName, events], {
        ...environment,
        ...endingThreads,
      }),
    )

    expect(code).toBe(1)
    expect(output).toMatch(/^Cannot work on table test-.*: it failed \(.*\)\.$/m)
  })

  test('a compressed file that ends too early', async () => {
    const whole = gzipSync(await readFile(events))
    const path = await file('cut.jsonl.gz', whole.subarray(0, 2000))

    const { code, output } = await checkFiles(path)

    expect(code).toBe(1)
    expect(output).toContain(`${path} cannot be read: unexpected end of file`)
  })
})
