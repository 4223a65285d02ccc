import cliProgress from 'cli-progress'

/** Tells how far an import is: a bar on a terminal, a line now and then elsewhere. */
export interface Progress {
  /**
   * @param lines that were dealt with since the last call: applied, checked or refused
   * @param end bytes of the files, as they lie on disk, up to the last of these lines
   */
  done: (lines: number, end: number) => void
  /** Prints a line of its own, above the bar. */
  say: (line: string) => void
  /** Leaves the terminal as it was. */
  stop: () => void
}

const linesEveryMs = 5000

/** @param total the bytes to come, undefined where nobody knows */
export const startProgress = (total: number | undefined, now: () => number): Progress =>
  process.stderr.isTTY && total !== undefined ? bar(total, now) : plain(now)

const bar = (total: number, now: () => number): Progress => {
  const start = now()
  const bars = new cliProgress.MultiBar({
    format: '{bar} {percentage}%  {lines} lines  {rate} a second  {eta_formatted} left',
    hideCursor: true,
    // Lines above the bar may be longer than the window.
    linewrap: true,
    // The import says itself how it ends when it is interrupted.
    gracefulExit: false,
    stream: process.stderr,
  })
  const one = bars.create(total, 0, { lines: 0, rate: 0 })
  let lines = 0
  return {
    done: (count, end) => {
      lines += count
      one.update(Math.min(end, total), { lines, rate: rate(lines, now() - start) })
    },
    say: (line) => {
      bars.log(`${line}\n`)
    },
    stop: () => {
      // What was said last still waits for the bar to be drawn.
      bars.update()
      bars.stop()
    },
  }
}

const plain = (now: () => number): Progress => {
  const start = now()
  let lines = 0
  let told = start
  return {
    done: (count) => {
      lines += count
      if (now() - told < linesEveryMs) return
      told = now()
      console.error(`${lines} lines, ${rate(lines, told - start)} a second`)
    },
    say: (line) => {
      console.error(line)
    },
    stop: () => undefined,
  }
}

const rate = (lines: number, ms: number): number => Math.round((lines * 1000) / Math.max(ms, 1))
