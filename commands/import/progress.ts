import cliProgress from 'cli-progress'

/** Shows how far an import is: a bar on a terminal, otherwise a line every few seconds. */
export interface Progress {
  /**
   * @param lines applied, checked or refused since the last call
   * @param end bytes on disk from the start of the first file to the end of the last of these lines
   */
  advance: (lines: number, end: number) => void
  /** Prints a line above the bar. */
  say: (line: string) => void
  /** Restores the terminal. */
  stop: () => void
}

const linesEveryMs = 5000

/** @param total bytes on disk of all files; undefined if unknown */
export const startProgress = (total: number | undefined, now: () => number): Progress =>
  process.stderr.isTTY && total !== undefined ? startBar(total, now) : startLines(now)

const startBar = (total: number, now: () => number): Progress => {
  const start = now()
  const bars = new cliProgress.MultiBar({
    format: '{bar} {percentage}%  {lines} lines  {rate} a second  {eta_formatted} left',
    hideCursor: true,
    // Lines above the bar may be longer than the window.
    linewrap: true,
    // The import handles signals itself.
    gracefulExit: false,
    stream: process.stderr,
  })
  const one = bars.create(total, 0, { lines: 0, rate: 0 })
  let lines = 0
  return {
    advance: (count, end) => {
      lines += count
      one.update(Math.min(end, total), { lines, rate: computeRate(lines, now() - start) })
    },
    say: (line) => {
      bars.log(`${line}\n`)
    },
    stop: () => {
      // Lines that were said last are printed when the bar is drawn.
      bars.update()
      bars.stop()
    },
  }
}

const startLines = (now: () => number): Progress => {
  const start = now()
  let lines = 0
  let reportedAt = start
  return {
    advance: (count) => {
      lines += count
      if (now() - reportedAt < linesEveryMs) return
      reportedAt = now()
      console.error(`${lines} lines, ${computeRate(lines, reportedAt - start)} a second`)
    },
    say: (line) => {
      console.error(line)
    },
    stop: () => undefined,
  }
}

const computeRate = (lines: number, ms: number): number =>
  Math.round((lines * 1000) / Math.max(ms, 1))
