import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A limit on the CPU time of the processes in it. */
export interface CpuQuota {
  add: (pid: number) => void
  /** Call it once no process is left in it. */
  remove: () => void
}

/** As in Lambda. In longer periods, a short call would end before it is limited. */
const periodUs = 20_000

/**
 * Makes a control group whose processes get a share of one core.
 * @returns undefined where this machine does not allow it
 */
export const makeCpuQuota = (share: number): CpuQuota | undefined => {
  const quotaUs = Math.round(share * periodUs)
  return (
    makeGroup('/sys/fs/cgroup', { 'cpu.max': `${quotaUs} ${periodUs}` }) ??
    makeGroup('/sys/fs/cgroup/cpu', {
      'cpu.cfs_period_us': `${periodUs}`,
      'cpu.cfs_quota_us': `${quotaUs}`,
    })
  )
}

const makeGroup = (root: string, settings: Record<string, string>): CpuQuota | undefined => {
  const directory = join(root, `bench-${process.pid}`)
  try {
    mkdirSync(directory)
  } catch {
    return undefined
  }
  const remove = () => {
    rmdirSync(directory)
  }
  try {
    // Existing files only: a directory outside of the cgroup file system takes any file.
    for (const [name, value] of Object.entries(settings))
      writeFileSync(join(directory, name), value, { flag: 'r+' })
  } catch {
    remove()
    return undefined
  }
  return {
    add: (pid) => {
      writeFileSync(join(directory, 'cgroup.procs'), String(pid), { flag: 'r+' })
    },
    remove,
  }
}
