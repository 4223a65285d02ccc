import type { Budget } from '../budget.ts'
import type { Machine } from '../processes.ts'
import { step } from '../step.ts'
import { budgetsOf, type Results } from './budgets.ts'
import { type CaseName, caseNames, caseOf } from './cases.ts'
import { type Contestant, prepareContestants, tuned } from './contestants.ts'
import { countCase } from './counting.ts'
import { textOf } from './report.ts'
import { type Extent, measureCase } from './timing.ts'

/** An environment of the function lives for many batches. V8 has compiled what is slow after about six of them. */
const whole: Extent = { processes: 2, warmUp: 6, rounds: 6 }
const quick: Extent = { processes: 1, warmUp: 0, rounds: 1 }

/** How many batches are counted. Those of the mix differ, all others of a case do the same. */
const countedBatchesOf = (name: CaseName): number => (name === 'mix' ? 10 : 1)

/**
 * Measures what `apply-chat-events` takes for an event, next to references that do the same writes. The function
 * projects large groups at once here, because the queue of projections is not set.
 * @param options.against another checkout, whose function takes part
 */
export const benchWriting = async (
  machine: Machine,
  { isQuick, against }: { isQuick: boolean; against: string | undefined },
): Promise<{ results: Results; text: string; budgets: Budget[] }> => {
  const extent = isQuick ? quick : whole
  const contestants = await step('the bundles', () =>
    prepareContestants(machine.directory, against),
  )
  const results: Results = { timings: [], counts: [] }
  for (const name of caseNames)
    await step(name, async () => {
      const ofCase = contestantsOf(name, contestants)
      results.timings.push(...(await measureCase(machine, name, ofCase, extent)))
    })
  await step('calls and units', async () => {
    for (const name of caseNames)
      for (const contestant of contestantsOf(name, contestants).filter(isCounted))
        results.counts.push(await countCase(name, contestant, countedBatchesOf(name)))
  })
  return { results, text: textOf(results), budgets: budgetsOf(results) }
}

/** The references take part in comments only. */
const contestantsOf = (name: CaseName, contestants: Contestant[]): Contestant[] =>
  contestants.filter(({ checkout }) => checkout !== undefined || caseOf(name).isOfComments === true)

/** Both references send the same calls, so only one is counted. */
const isCounted = ({ name }: Contestant): boolean => name !== tuned
