import { quantile } from '../bench/statistics.ts'
import { faultNames, type Faults } from './faults.ts'
import type { Findings } from './findings.ts'
import { type ProcessName, processNames, type Usage } from './stack.ts'
import type { Statistics } from './statistics.ts'
import type { Traffic } from './traffic.ts'

export type Sample = Record<ProcessName, Usage | undefined>

export interface Run {
  seed: number
  seconds: number
  /** The part of `seconds` with traffic. */
  trafficSeconds: number
  rooms: number
  users: number
  traffic: Traffic
  statistics: Statistics
  faults: Faults
  findings: Findings
  /** Listings compared with the oracle at quiet points, and pages checked at any moment. */
  compared: number
  quietPoints: number
  pages: number
  /** Taken once a second. */
  samples: Sample[]
}

/** The report at the end of a run, or of what has run so far. */
export const formatReport = (run: Run): string => {
  const { traffic, findings, faults, statistics } = run
  const rate = (traffic.delivered + traffic.imported) / run.trafficSeconds
  return [
    `seed ${run.seed}: ${run.seconds.toFixed(0)} s, ${run.trafficSeconds.toFixed(0)} s of it with traffic; ${run.users} users, ${run.rooms} rooms`,
    `events applied: ${traffic.delivered} delivered, ${traffic.imported} by ${traffic.imports} imports; ${rate.toFixed(1)} a second`,
    `leaves through the API: ${traffic.leaves}`,
    `faults: ${faultNames.map((name) => `${faults.count(name)} ${name}`).join(', ')}`,
    `listings: ${run.compared} compared at ${run.quietPoints} quiet points, ${run.pages} pages checked in between`,
    `wrong listings: ${findings.wrongListings}; wrong responses: ${findings.wrongResponses}`,
    'responses by status; percentiles of the requests that no fault overlapped:',
    ...statistics.describe(),
    'memory and open files at the start, in the middle and at the end; the most memory:',
    ...processNames.map((name) => describeUsage(name, run.samples)),
  ].join('\n')
}

/** A line for each minute. */
export const formatProgress = ({ seconds, traffic, statistics, findings, compared }: Run): string =>
  `${(seconds / 60).toFixed(1)} min: ${traffic.delivered + traffic.imported} events, ${statistics.requests} requests, ${compared} listings compared, ${findings.count} wrong`

const describeUsage = (name: ProcessName, samples: Sample[]): string => {
  const usages = samples.flatMap((sample) => sample[name] ?? [])
  const [first, middle, last] = [0, 0.5, 1].map(
    (share) => usages[Math.round((usages.length - 1) * share)],
  )
  const show = (usage: Usage | undefined): string =>
    usage ? `${usage.memoryMb.toFixed(0)} MB, ${usage.files} files` : 'none'
  const most = quantile(
    usages.map(({ memoryMb }) => memoryMb),
    1,
  )
  const restarts = new Set(usages.map(({ pid }) => pid)).size - 1
  const same = middle && middle.pid === last?.pid ? 'the same process' : 'another process'
  return `  ${name}: ${show(first)}; ${show(middle)}; ${show(last)} (${same}); most ${most.toFixed(0)} MB; ${restarts} restarts`
}
