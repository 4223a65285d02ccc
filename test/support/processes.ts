import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'

/** A variable for the environment of a process, by which all that it starts can be found on Linux. */
export const mark = (): { STARTED_BY: string } => ({ STARTED_BY: randomUUID() })

/** @returns the command lines of the running processes that have the mark, whatever their parent is now */
export const markedProcesses = ({ STARTED_BY }: { STARTED_BY: string }): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && read(`/proc/${name}/environ`).includes(STARTED_BY))
    .map((pid) => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' '))

/** Waits, as long as the test may take. */
export const untilAllHaveEnded = async (marked: { STARTED_BY: string }): Promise<void> => {
  while (markedProcesses(marked).length > 0) await setTimeout(20)
}

/** @returns an empty text for a process that has ended or belongs to another user */
const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
