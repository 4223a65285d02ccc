import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CannotRun } from '../../../command.ts'

const bucketCount = 256
/** Files are written once this much is in memory. */
const maxBufferedBytes = 8_000_000
const newline = 10

/**
 * Makes a directory for buckets that only this user can read. It is removed when the command ends, however it ends.
 */
export const makeBucketDirectory = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'inbox-verify-'))
  process.on('exit', () => {
    rmSync(directory, { recursive: true, force: true })
  })
  return directory
}

/**
 * Values in files, those with the same key in the same file. So all values of a key can be worked on together
 * while memory holds only a part of them.
 */
export class Buckets<Value> {
  readonly #prefix: string
  readonly #buffers: string[] = Array.from({ length: bucketCount }, () => '')
  #bufferedBytes = 0

  /** @param name of these buckets in their directory */
  constructor(directory: string, name: string) {
    this.#prefix = join(directory, name)
  }

  /** @throws CannotRun if the files cannot be written */
  add(key: string | number, value: Value): void {
    const line = `${JSON.stringify(value)}\n`
    const index = chooseBucket(String(key))
    this.#buffers[index] = `${this.#buffers[index]!}${line}`
    this.#bufferedBytes += line.length
    if (this.#bufferedBytes >= maxBufferedBytes) this.#flush()
  }

  /** Reads the values of one bucket after the other, and removes each. */
  *read(): Generator<Value[]> {
    this.#flush()
    for (let index = 0; index < bucketCount; index += 1) {
      const path = this.#pathOf(index)
      if (!existsSync(path)) continue
      yield [...readLines<Value>(path)]
      rmSync(path)
    }
  }

  /** Synchronous, so that nothing is written any more once the directory is removed. */
  #flush(): void {
    for (const [index, buffer] of this.#buffers.entries()) {
      if (buffer === '') continue
      try {
        appendFileSync(this.#pathOf(index), buffer)
      } catch (cause) {
        throw new CannotRun(
          `The temporary directory cannot be written: ${(cause as Error).message}. Choose another one with TMPDIR.`,
        )
      }
      this.#buffers[index] = ''
    }
    this.#bufferedBytes = 0
  }

  #pathOf(index: number): string {
    return `${this.#prefix}-${index}.jsonl`
  }
}

/** A hash (FNV-1a), so that ids with a pattern are spread too. */
const chooseBucket = (key: string): number => {
  let hash = 0x811c9dc5
  for (let index = 0; index < key.length; index += 1)
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193)
  return (hash >>> 0) % bucketCount
}

function* readLines<Value>(path: string): Generator<Value> {
  const content = readFileSync(path)
  let start = 0
  for (let end = content.indexOf(newline); end !== -1; end = content.indexOf(newline, start)) {
    yield JSON.parse(content.toString('utf8', start, end)) as Value
    start = end + 1
  }
}
