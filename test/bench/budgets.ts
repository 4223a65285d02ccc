import { type Budget, ratioBudget, rounded } from './budget.ts'
import type { Cold } from './cold.ts'
import { all, group, isOurs, personal } from './contestants.ts'
import type { Cost } from './data.ts'
import type { FirstCall } from './first-call.ts'
import type { Comparison } from './statistics.ts'
import type { ResponseSizes, Warm } from './warm.ts'

export interface Results {
  cold: Cold[]
  warm: Warm[]
  responses: ResponseSizes
  /** Undefined where the CPU time of a process cannot be limited. */
  firstCall: FirstCall[] | undefined
  data: Cost[]
  startMs: number
}

const kilobyte = 1000
const megabyte = 1000 * kilobyte

/** The budgets of the listings and of what operations consume. */
export const budgetsOf = ({ cold, warm, firstCall = [], data, startMs }: Results): Budget[] =>
  [
    ...cold.flatMap(ofCold),
    ...warm.flatMap(ofWarm),
    ...firstCall.flatMap(ofFirstCall),
    ...data.flatMap(ofCost),
    ...growth(data),
  ].concat({
    name: 'npm start to the first page, ms (aim only)',
    figure: Math.round(startMs),
    most: 1000,
    isAim: true,
  })

/** The list of all rooms does more, so its function is larger. */
const mostKilobytes: Record<string, { plain: number; gzipped: number }> = {
  [personal]: { plain: 205, gzipped: 70 },
  [group]: { plain: 205, gzipped: 70 },
  [all]: { plain: 210, gzipped: 72 },
}

const ofCold = ({ name, maxRssBytes, bytes, gzippedBytes, ...ratios }: Cold): Budget[] =>
  isOurs({ name })
    ? [
        ...ratioBudgets(`${name}: cold, load + first call`, ratios, mostCold),
        memory(`${name}: memory after the first call`, maxRssBytes),
        rounded(`${name}: bundle, KB`, bytes / kilobyte, mostKilobytes[name]!.plain),
        rounded(
          `${name}: bundle gzipped, KB`,
          gzippedBytes / kilobyte,
          mostKilobytes[name]!.gzipped,
        ),
      ]
    : []

const mostCold = { toBare: 0.65, toPersonal: 1.25 }

const warmCpu: Record<string, Most> = {
  [personal]: { toBare: 0.58, toTuned: 0.82 },
  [group]: { toBare: 0.75, toTuned: 0.92 },
  [all]: { toPersonal: 1.6 },
}

const ofWarm = ({ name, alone, maxRssBytes }: Warm): Budget[] =>
  isOurs({ name })
    ? [
        ...ratioBudgets(`${name}: warm CPU`, alone, warmCpu[name]!),
        memory(`${name}: memory after some thousand calls`, maxRssBytes),
      ]
    : []

const ofFirstCall = ({ name, ...ratios }: FirstCall): Budget[] =>
  isOurs({ name })
    ? ratioBudgets(`${name}: first call on a part of a core`, ratios, { toBare: 0.65 })
    : []

/** The most that a ratio may be. */
type Most = Partial<Record<keyof typeof others, number>>

const others = { toBare: 'bare SDK', toTuned: 'tuned SDK', toPersonal: personal }

/** The budgets of those ratios that were measured. */
const ratioBudgets = (name: string, measured: Comparison, most: Most): Budget[] =>
  (['toBare', 'toTuned', 'toPersonal'] as const).flatMap((to) =>
    measured[to] && most[to] !== undefined
      ? [ratioBudget(`${name}, × ${others[to]}`, measured[to], most[to])]
      : [],
  )

const memory = (name: string, bytes: number): Budget => ({
  ...rounded(`${name}, MB (aim only)`, bytes / megabyte, 100),
  isAim: true,
})

const callsOfAPage: Record<string, number> = { personal: 1, group: 1, all: 2 }
const unitsOfAPage: Record<string, number> = { personal: 3, group: 2, all: 5 }
const callsOfALeave: Record<string, number> = { personal: 4, group: 2 }

const ofCost = ({ operation, rooms, calls, readUnits, writeUnits }: Cost): Budget[] => {
  const of = `${operation}, of ${rooms.toLocaleString('en')} rooms`
  const count = Object.values(calls).reduce((sum, some) => sum + some, 0)
  const [, type = ''] = /, (personal|group|all)$/.exec(operation) ?? []
  if (operation.startsWith('first page of 20'))
    return [
      { name: `${of}: calls`, figure: count, most: callsOfAPage[type]! },
      { name: `${of}: read units`, figure: readUnits, most: unitsOfAPage[type]! },
    ]
  if (operation.includes('behind a cursor'))
    return [{ name: `${of}: calls`, figure: count, most: 2 * callsOfAPage[type]! }]
  if (operation.startsWith('leave'))
    return [
      { name: `${of}: calls`, figure: count, most: callsOfALeave[type]! },
      { name: `${of}: transactions`, figure: calls['TransactWriteItems'] ?? 0, most: 1 },
    ]
  const [, people] = /^comment in a room of (\d+)$/.exec(operation) ?? []
  if (people === undefined) return []
  if (people === '2')
    return [
      { name: `${of}: write units`, figure: writeUnits, most: 8 },
      { name: `${of}: read units`, figure: readUnits, most: 4 },
    ]
  return [{ name: `${of}: write units`, figure: writeUnits, most: 3 * Number(people) + 2 }]
}

/** Pages of the same length cost the same, however many rooms there are. */
const growth = (data: Cost[]): Budget[] =>
  growthOf(data)
    .filter(({ operation }) => /first page of 10|behind a cursor/.test(operation))
    .map(({ operation, readUnits }) => ({
      name: `${operation}: growth of read units`,
      figure: readUnits,
      most: 1,
    }))

export interface Growth {
  operation: string
  readUnits: number
  writeUnits: number
  bytes: number
}

/** The ratio of an operation's cost for the user with the most rooms to that for the user with the fewest. */
export const growthOf = (data: Cost[]): Growth[] =>
  [...Map.groupBy(data, ({ operation }) => operation)].map(([operation, costs]) => {
    const [fewest, most] = [costs[0]!, costs.at(-1)!]
    const times = (of: 'readUnits' | 'writeUnits' | 'bytes') =>
      fewest[of] === 0 ? 1 : Number((most[of] / fewest[of]).toFixed(2))
    return {
      operation,
      readUnits: times('readUnits'),
      writeUnits: times('writeUnits'),
      bytes: times('bytes'),
    }
  })
