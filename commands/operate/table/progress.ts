import cliProgress from 'cli-progress'
import { escapeControls } from '../../../lib/domain/escape-controls.ts'

/** Shows how far a command is: a bar on a terminal, otherwise a line every few seconds. */
export interface Progress {
  /**
   * @param count units that are done since the last call
   * @param end where the last of them ends, of the total
   */
  advance: (count: number, end: number) => void
  /** Prints a line above the bar. */
  say: (line: string) => void
  /** Restores the terminal. */
  stop: () => void
}

const linesEveryMs = 5000

/**
 * @param unit what is counted, in the plural: lines, rooms
 * @param total the end of the last one, in whatever measure the caller has; undefined if unknown
 */
export const startProgress = (
  unit: string,
  total: number | undefined,
  now: () => number,
): Progress =>
  process.stderr.isTTY && total !== undefined ? startBar(unit, total, now) : startLines(unit, now)

const startBar = (unit: string, total: number, now: () => number): Progress => {
  const start = now()
  const bars = new cliProgress.MultiBar({
    format: `{bar} {percentage}%  {done} ${unit}  {rate} a second  {eta_formatted} left`,
    hideCursor: true,
    // Lines above the bar may be longer than the window.
    linewrap: true,
    // The commands handle signals themselves.
    gracefulExit: false,
    stream: process.stderr,
  })
  const one = bars.create(total, 0, { done: 0, rate: 0 })
  let done = 0
  return {
    advance: (count, end) => {
      done += count
      one.update(Math.min(end, total), { done, rate: computeRate(done, now() - start) })
    },
    say: (line) => {
      // The bar does not print with the console.
      bars.log(`${escapeControls(line)}\n`)
    },
    stop: () => {
      // Lines that were said last are printed when the bar is drawn.
      bars.update()
      bars.stop()
    },
  }
}

const startLines = (unit: string, now: () => number): Progress => {
  const start = now()
  let done = 0
  let reportedAt = start
  return {
    advance: (count) => {
      done += count
      if (now() - reportedAt < linesEveryMs) return
      reportedAt = now()
      console.error(`${done} ${unit}, ${computeRate(done, reportedAt - start)} a second`)
    },
    say: (line) => {
      console.error(line)
    },
    stop: () => undefined,
  }
}

const computeRate = (done: number, ms: number): number =>
  Math.round((done * 1000) / Math.max(ms, 1))
