import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import { EventRefused } from '../../lib/domain/errors.ts'
import type { ChatEvent } from '../../lib/domain/events.ts'
import type { InboxRow } from '../../lib/domain/inbox-row.ts'
import { type DocumentOrigin, parseListedRoom, roomsOf } from '../../lib/events/listing-document.ts'
import { parseEvent } from '../../lib/events/parse-event.ts'
import { CannotRun } from '../command.ts'
import { isDocument } from './arguments.ts'

/** What one line of an event file, or one room of a listing document, says. */
export interface Entry {
  /** Where it stands: `FILE:LINE`, or `FILE: room N`. */
  place: string
  /** Undefined where the line is refused. */
  event?: ChatEvent
  refusal?: EventRefused
  /** Of a document: the row that it shows. */
  row?: InboxRow
}

/**
 * Reads files, one entry at a time, so that memory does not grow with them.
 * @param onBytes told how many bytes of the files, as they lie on disk, are read
 * @throws CannotRun for a file that cannot be read
 */
export async function* readEntries(
  files: string[],
  origin: DocumentOrigin | undefined,
  now: () => number,
  onBytes: (count: number) => void,
): AsyncGenerator<Entry> {
  for (const file of files) {
    const stream = open(file, onBytes)
    if (isDocument(file) && origin !== undefined) yield* roomsIn(file, stream, origin)
    else yield* linesIn(file, stream, now)
  }
}

/** @returns undefined where standard input is among the files: nobody knows how much is to come */
export const totalBytes = async (files: string[]): Promise<number | undefined> => {
  if (files.includes('-')) return undefined
  const sizes = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ size }) => size,
        (cause: unknown) => {
          throw unreadable(file, cause)
        },
      ),
    ),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

const open = (file: string, onBytes: (count: number) => void): Readable => {
  const source = file === '-' ? process.stdin : createReadStream(file)
  source.on('data', (chunk: Buffer | string) => {
    onBytes(chunk.length)
  })
  if (!file.endsWith('.gz')) return source
  const unzipped = createGunzip()
  // pipe() does not carry errors over.
  source.on('error', (error: Error) => unzipped.destroy(error))
  return source.pipe(unzipped)
}

async function* linesIn(file: string, stream: Readable, now: () => number): AsyncGenerator<Entry> {
  let number = 0
  for await (const bytes of byteLines(file, stream)) {
    number += 1
    const place = `${file}:${number}`
    if (bytes === undefined)
      yield { place, refusal: new EventRefused(`is longer than ${maxLineBytes} bytes`) }
    else if (bytes.some((byte) => byte > space))
      yield entry(place, () => ({ event: parseEvent(json(bytes), now()) }))
  }
}

/** Whatever an event may hold has room in it. */
const maxLineBytes = 4_000_000
const newline = 10
const space = 32

/**
 * Splits at newlines and at nothing else, since JSON may hold every other kind of line break.
 * @returns undefined in place of a line that is too long to be kept in memory
 */
async function* byteLines(file: string, stream: Readable): AsyncGenerator<Uint8Array | undefined> {
  let parts: Buffer[] = []
  let length = 0
  const line = () => {
    const whole = length > maxLineBytes ? undefined : Buffer.concat(parts)
    parts = []
    length = 0
    return whole
  }
  const add = (part: Buffer) => {
    length += part.length
    if (length <= maxLineBytes) parts.push(part)
    else parts = []
  }
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      let start = 0
      for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
        add(chunk.subarray(start, end))
        yield line()
        start = end + 1
      }
      add(chunk.subarray(start))
    }
  } catch (cause) {
    throw unreadable(file, cause)
  }
  if (length > 0) yield line()
}

async function* roomsIn(
  file: string,
  stream: Readable,
  origin: DocumentOrigin,
): AsyncGenerator<Entry> {
  const content = await buffer(stream).catch((cause: unknown) => {
    throw unreadable(file, cause)
  })
  let rooms: unknown[]
  try {
    rooms = roomsOf(json(content))
  } catch (error) {
    yield { place: file, refusal: refusalOf(error) }
    return
  }
  for (const [index, room] of rooms.entries())
    yield entry(`${file}: room ${index + 1}`, () => parseListedRoom(room, origin))
}

const entry = (place: string, parse: () => Omit<Entry, 'place' | 'refusal'>): Entry => {
  try {
    return { place, ...parse() }
  } catch (error) {
    return { place, refusal: refusalOf(error) }
  }
}

const refusalOf = (error: unknown): EventRefused => {
  if (error instanceof EventRefused) return error
  throw error
}

const json = (content: Uint8Array): unknown => {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch {
    throw new EventRefused('is not UTF-8')
  }
  try {
    return JSON.parse(text)
  } catch {
    throw new EventRefused('is not JSON')
  }
}

const unreadable = (file: string, cause: unknown): CannotRun =>
  new CannotRun(`${file} cannot be read: ${(cause as Error).message}`)
