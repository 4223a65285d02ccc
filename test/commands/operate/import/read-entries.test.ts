import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import {
  countBytes,
  type Entry,
  readEntries,
} from '../../../../commands/operate/import/read-entries.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'read-entries-'))
})
afterAll(() => rm(directory, { recursive: true }))

const file = async (name: string, content: string | Buffer): Promise<string> => {
  const path = join(directory, name)
  await writeFile(path, content)
  return path
}
const endsOf = async (...files: string[]): Promise<number[]> => {
  const ends: number[] = []
  for await (const { end } of readEntries(files, undefined, Date.now)) ends.push(end)
  return ends
}

test('an entry has the offset of its end in all files, refused or not', async () => {
  const first = await file('first.jsonl', '{}\n\n1234\n')
  const second = await file('second.jsonl', 'x\n')

  expect(await endsOf(first, second)).toEqual([3, 9, 11])
  expect(await countBytes([first, second])).toBe(11)
})

test('in a compressed file, the end of an entry is close to its offset on disk', async () => {
  // Random text, so that it does not compress to a single block.
  const lines = Array.from({ length: 20_000 }, () => Math.random().toString(36))
  const path = await file('many.jsonl.gz', gzipSync(lines.join('\n')))
  const total = (await countBytes([path]))!

  const ends = await endsOf(path)

  expect(ends).toHaveLength(lines.length)
  for (const [index, end] of ends.entries())
    expect(Math.abs(end / total - (index + 1) / lines.length)).toBeLessThan(0.2)
})

test('a line with several events has an entry for each, which names its place', async () => {
  const profile = { occurred_at: '2024-01-01T00:00:00Z', email: 'a', username: '', avatar_url: '' }
  const events = [
    { 'detail-type': 'profile.updated', detail: profile },
    { 'detail-type': 'profile.updated', detail: { ...profile, email: 5 } },
  ]
  const line = JSON.stringify({ 'detail-type': 'events', detail: { events } })
  const path = await file('several.jsonl', `${line}\n`)

  const entries: Entry[] = []
  for await (const entry of readEntries([path], undefined, Date.now)) entries.push(entry)

  expect(entries).toMatchObject([
    { place: `${path}:1: detail.events[0]`, event: { type: 'profile.updated' }, number: 1 },
    {
      place: `${path}:1: detail.events[1]`,
      refusal: { message: 'detail.email is not a string' },
      number: 2,
    },
  ])
})

test('the size of standard input or a pipe is unknown', async () => {
  expect(await countBytes(['-'])).toBeUndefined()
  expect(await countBytes(['/dev/null'])).toBeUndefined()
})
