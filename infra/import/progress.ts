import cliProgress from 'cli-progress'

/** Tells how far an import is: a bar on a terminal, a line now and then elsewhere. */
export interface Progress {
  read: (bytes: number) => void
  done: (lines: number) => void
  /** Prints a line of its own, above the bar. */
  say: (line: string) => void
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
    stream: process.stderr,
  })
  const one = bars.create(total, 0, { lines: 0, rate: 0 })
  let lines = 0
  return {
    read: (bytes) => {
      one.increment(bytes)
    },
    done: (count) => {
      lines += count
      one.update({ lines, rate: rate(lines, now() - start) })
    },
    say: (line) => {
      bars.log(`${line}\n`)
    },
    stop: () => {
      bars.stop()
    },
  }
}

const plain = (now: () => number): Progress => {
  const start = now()
  let lines = 0
  let told = start
  return {
    read: () => undefined,
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
