import { existsSync, readFileSync } from 'node:fs'

const checkEveryMs = 500

/**
 * Ends this process when the npm that runs it is killed. npm forwards other signals, but SIGKILL ends
 * only npm. Does nothing on systems other than Linux, where the embedded engine does not run either.
 */
export const endWithNpm = (): void => {
  const npm = findNpm()
  if (npm === undefined) return
  setInterval(() => {
    if (!existsSync(`/proc/${npm}`)) process.exit(1)
  }, checkEveryMs).unref()
}

/** npm is the parent of this process, or of the shell between them. */
const findNpm = (): number | undefined => {
  if (process.env['npm_lifecycle_event'] === undefined || !existsSync('/proc/self'))
    return undefined
  return [process.ppid, findParent(process.ppid)].find(
    (pid) => pid > 0 && readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('npm'),
  )
}

const findParent = (pid: number): number =>
  Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
