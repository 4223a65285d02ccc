import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
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
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      number += 1
      if (line.trim() === '') continue
      yield entry(`${file}:${number}`, () => ({ event: parseEvent(json(line), now()) }))
    }
  } catch (cause) {
    throw unreadable(file, cause)
  }
}

async function* roomsIn(
  file: string,
  stream: Readable,
  origin: DocumentOrigin,
): AsyncGenerator<Entry> {
  const content = await text(stream).catch((cause: unknown) => {
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

const json = (content: string): unknown => {
  try {
    return JSON.parse(content)
  } catch {
    throw new EventRefused('is not JSON')
  }
}

const unreadable = (file: string, cause: unknown): CannotRun =>
  new CannotRun(`${file} cannot be read: ${(cause as Error).message}`)
