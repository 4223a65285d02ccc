import { existsSync, readFileSync } from 'node:fs'

const lookEveryMs = 500

/**
 * Ends this process once the npm that runs it has been killed. Npm passes other signals on, but
 * SIGKILL ends it alone. Does nothing elsewhere than on Linux, where the embedded engine runs.
 */
export const endWithNpm = (): void => {
  const npm = findNpm()
  if (npm === undefined) return
  setInterval(() => {
    if (!existsSync(`/proc/${npm}`)) process.exit(1)
  }, lookEveryMs).unref()
}

/** Npm is the parent of this process, or of the shell in between. */
const findNpm = (): number | undefined => {
  if (process.env['npm_lifecycle_event'] === undefined || !existsSync('/proc/self'))
    return undefined
  return [process.ppid, parentOf(process.ppid)].find(
    (pid) => pid > 0 && readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('npm'),
  )
}

const parentOf = (pid: number): number =>
  Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
