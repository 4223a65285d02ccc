import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs'
import type { ChatEvent } from '../../../../lib/domain/events.ts'
import { CannotRun } from '../../../command.ts'

/** The event file of --repair. */
export interface RepairFile {
  add: (events: ChatEvent[]) => void
  /**
   * Keeps the file if it has an event.
   * @returns how many it has
   */
  complete: () => number
}

/**
 * Makes the file, which only this user can read. It is removed if the command ends before it is complete.
 * @throws CannotRun if there is such a file, or it cannot be written
 */
export const makeRepairFile = (path: string): RepairFile => {
  const file = open(path)
  let count = 0
  let isKept = false
  process.on('exit', () => {
    if (!isKept) rmSync(path, { force: true })
  })
  return {
    add: (events) => {
      count += events.length
      writeFileSync(file, events.map(formatLine).join(''))
    },
    complete: () => {
      closeSync(file)
      isKept = count > 0
      return count
    },
  }
}

const open = (path: string): number => {
  try {
    return openSync(path, 'wx', 0o600)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    throw new CannotRun(
      code === 'EEXIST'
        ? `--repair ${path} exists: name a file that does not exist yet, or remove this one.`
        : `--repair ${path} cannot be written: ${message}`,
    )
  }
}

const formatLine = ({ type, ...detail }: ChatEvent): string =>
  `${JSON.stringify({ 'detail-type': type, detail })}\n`
