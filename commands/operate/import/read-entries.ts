import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import { EventRefused, catchRefusal } from '../../../lib/domain/errors.ts'
import type { ChatEvent } from '../../../lib/domain/events.ts'
import {
  type DocumentOrigin,
  parseListedRoom,
  readListedRooms,
  type DocumentRow,
} from '../../../lib/events/listing-document.ts'
import { parseEntry } from '../../../lib/events/parse-event.ts'
import { CannotRun } from '../../command.ts'
import { isDocument } from './arguments.ts'

/** One line of an event file, or one room of a listing document. */
export interface Entry extends FileEntry {
  /** Counts the entries of all files, from 1. */
  number: number
}

/** An entry as its file has it. */
interface FileEntry {
  /** `FILE:LINE` or `FILE: room N`. */
  place: string
  /** Undefined if the entry is refused. */
  event?: ChatEvent
  refusal?: EventRefused
  /** In a listing document: the row that the user saw. */
  row?: DocumentRow
  /** Bytes of its content; 0 if the content is not kept. */
  bytes: number
  /** Bytes on disk from the start of the first file to the end of this entry. */
  end: number
}

interface Source {
  content: Readable
  /** Converts an offset in the content to an offset on disk, both in bytes. */
  onDisk: (contentBytes: number) => number
  /** Bytes that were read from disk so far. */
  bytesRead: () => number
}

/**
 * Reads files one entry at a time, so that memory does not grow with their size.
 * @throws CannotRun for a file that cannot be read
 */
export async function* readEntries(
  files: string[],
  origin: DocumentOrigin | undefined,
  now: () => number,
): AsyncGenerator<Entry> {
  let before = 0
  let number = 0
  for (const file of files) {
    const source = open(file)
    const entries =
      isDocument(file) && origin !== undefined
        ? readRooms(file, source, origin)
        : readLines(file, source, now)
    for await (const entry of entries) {
      number += 1
      yield { ...entry, number, end: before + entry.end }
    }
    before += source.bytesRead()
  }
}

/** @returns undefined if one of the files is standard input or a pipe, whose size is unknown */
export const countBytes = async (files: string[]): Promise<number | undefined> => {
  if (files.includes('-')) return undefined
  const found = await Promise.all(
    files.map((file) =>
      stat(file).catch((cause: unknown) => {
        throw makeReadError(file, cause)
      }),
    ),
  )
  if (!found.every((one) => one.isFile())) return undefined
  return found.reduce((sum, { size }) => sum + size, 0)
}

const open = (file: string): Source => {
  const source = file === '-' ? process.stdin : createReadStream(file)
  const bytesRead = () => source.bytesRead
  if (!file.endsWith('.gz')) return { content: source, onDisk: (bytes) => bytes, bytesRead }
  const unzipped = createGunzip()
  // pipe() does not forward errors.
  source.on('error', (error: Error) => unzipped.destroy(error))
  return { content: source.pipe(unzipped), onDisk: () => unzipped.bytesWritten, bytesRead }
}

async function* readLines(
  file: string,
  { content, onDisk }: Source,
  now: () => number,
): AsyncGenerator<FileEntry> {
  let number = 0
  for await (const { bytes, contentEnd } of splitLines(file, content)) {
    number += 1
    const entry = { place: `${file}:${number}`, bytes: bytes?.length ?? 0, end: onDisk(contentEnd) }
    if (bytes === undefined)
      yield { ...entry, refusal: new EventRefused(`the line is longer than ${maxLineBytes} bytes`) }
    else if (number === 1 && isGzip(bytes)) throw makeGzipError(file)
    else if (bytes.some((byte) => byte > space)) yield* readEvents(entry, bytes, now)
  }
}

/** Reads the event of a line, or the events of one with several, whose places are such as `FILE:LINE: detail.events[2]`. */
function* readEvents(
  entry: Omit<FileEntry, 'event'>,
  line: Uint8Array,
  now: () => number,
): Generator<FileEntry> {
  const events = catchRefusal(() => parseEntry(parseJson('line', line), now()))
  if (events instanceof EventRefused) {
    yield { ...entry, refusal: events }
    return
  }
  for (const { place, event } of events) {
    const one = {
      ...entry,
      place: place === undefined ? entry.place : `${entry.place}: ${place}`,
      bytes: entry.bytes / events.length,
    }
    yield event instanceof EventRefused ? { ...one, refusal: event } : { ...one, event }
  }
}

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

/** For compressed content in a file whose name does not end in .gz. */
const makeGzipError = (file: string): CannotRun => {
  if (file === '-')
    return new CannotRun('Standard input is gzip: run gunzip -c FILE | npm run import -- -')
  if (isDocument(file)) return new CannotRun(`${file} is gzip: rename it to ${file}.gz.`)
  return new CannotRun(
    `${file} is gzip: rename it to ${file}.gz, or run gunzip -c ${file} | npm run import -- -`,
  )
}

/** More than any valid event needs. */
const maxLineBytes = 4_000_000
const newline = 10
const space = 32

interface Line {
  /** Undefined if the line is longer than `maxLineBytes`. */
  bytes: Uint8Array | undefined
  /** Bytes of the content from its start to the end of the line. */
  contentEnd: number
}

/** Splits only at newlines, because JSON may contain every other kind of line break. */
async function* splitLines(file: string, stream: Readable): AsyncGenerator<Line> {
  let parts: Buffer[] = []
  let length = 0
  let contentEnd = 0
  const line = (): Line => {
    const bytes = length > maxLineBytes ? undefined : Buffer.concat(parts)
    contentEnd += length + 1
    parts = []
    length = 0
    return { bytes, contentEnd }
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
    throw makeReadError(file, cause)
  }
  if (length > 0) yield line()
}

async function* readRooms(
  file: string,
  source: Source,
  origin: DocumentOrigin,
): AsyncGenerator<FileEntry> {
  const content = await buffer(source.content).catch((cause: unknown) => {
    throw makeReadError(file, cause)
  })
  if (isGzip(content)) throw makeGzipError(file)
  const size = source.bytesRead()
  const rooms = catchRefusal(() => readListedRooms(parseJson('file', content)))
  if (rooms instanceof EventRefused) {
    yield { place: file, bytes: 0, end: size, refusal: rooms }
    return
  }
  for (const [index, room] of rooms.entries()) {
    const entry = {
      place: `${file}: room ${index + 1}`,
      bytes: content.length / rooms.length,
      end: (size * (index + 1)) / rooms.length,
    }
    const parsed = catchRefusal(() => parseListedRoom(room, origin))
    yield { ...entry, ...(parsed instanceof EventRefused ? { refusal: parsed } : parsed) }
  }
}

const parseJson = (name: string, content: Uint8Array): unknown => {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch {
    throw new EventRefused(`the ${name} is not UTF-8`)
  }
  try {
    return JSON.parse(text)
  } catch {
    throw new EventRefused(`the ${name} is not JSON`)
  }
}

const makeReadError = (file: string, cause: unknown): CannotRun =>
  new CannotRun(`${file} cannot be read: ${(cause as Error).message}`)
