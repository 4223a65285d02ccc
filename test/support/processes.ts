import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'

/** An environment variable that marks a process and everything that it starts, to find them on Linux. */
export const mark = (): { STARTED_BY: string } => ({ STARTED_BY: randomUUID() })

/** @returns the command lines of all running processes with the mark, whatever their parent is */
export const markedProcesses = ({ STARTED_BY }: { STARTED_BY: string }): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && read(`/proc/${name}/environ`).includes(STARTED_BY))
    .map((pid) => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' '))

/** Waits, as long as the test may take. */
export const untilAllHaveEnded = async (marked: { STARTED_BY: string }): Promise<void> => {
  while (markedProcesses(marked).length > 0) await setTimeout(20)
}

/** @returns nothing for a process that has ended or belongs to another user */
const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
