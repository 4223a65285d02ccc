import { isDeepStrictEqual } from 'node:util'
import { applyEvent, recordEvent } from './apply-event.ts'
import { type Choose, shuffled } from './choices.ts'
import { factsOf, showTo } from './facts.ts'
import { interleave } from './interleave.ts'
import { leave } from './leave.ts'
import { type Event, type LogKind, makeLog } from './log.ts'
import type { RuleName } from './rules.ts'
import { Table } from './table.ts'
import type { Steps, Task, World } from './world.ts'

/** What was done, and what was wrong in the end. */
export interface Outcome {
  story: string[]
  wrong: string[]
}

/**
 * One run: some log, its events delivered in any order, some of them twice, leaves in between, all
 * by several workers that crash; then every row and total is compared with what the log says.
 */
export const play = (kind: LogKind, choose: Choose, ...broken: RuleName[]): Outcome => {
  const log = makeLog(kind, choose)
  const world: World = {
    log,
    table: new Table(),
    choose,
    broken: new Set(broken),
    left: [],
    waiting: [],
  }
  for (const event of log.before) finish(applyEvent(world, event))
  const repeated = log.events.filter(() => choose(10) >= 7)
  world.waiting = shuffled(choose, [
    ...world.waiting,
    ...[...log.events, ...repeated].map((event): Task => ({
      title: titleOf(event),
      start: () => applyEvent(world, event),
    })),
    ...log.abandoned.map((event): Task => ({
      title: `${titleOf(event)}, abandoned`,
      start: function* () {
        yield* recordEvent(world, event)
      },
    })),
    ...log.leaves.map((request): Task => ({
      title: `[${request.user} leaves, the clock says ${request.now}]`,
      start: () => leave(world, request),
    })),
  ])
  const story = interleave(world)
  return { story, wrong: compare(world) }
}

/** Does all the operations of one worker, who is alone. */
const finish = (steps: Steps): void => {
  while (!steps.next().done);
}

const titleOf = (event: Event): string =>
  `[${Object.entries(event)
    .map(([name, value]) => (name === 'type' ? String(value) : `${name} ${String(value)}`))
    .join(', ')}]`

const compare = ({ log, table, left }: World): string[] => {
  const wrong: string[] = []
  const totals = new Map(log.users.map((user) => [user, 0]))
  for (const room of log.rooms) {
    const facts = factsOf(log, left, room)
    for (const user of log.users) {
      const expected = showTo(facts, user)
      const found = table.rows.get(`${room}/${user}`)?.shown
      if (expected) totals.set(user, totals.get(user)! + 1)
      if (!isDeepStrictEqual(found, expected))
        wrong.push(
          `the row of ${user} in ${room} says ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`,
        )
    }
  }
  for (const [user, expected] of totals) {
    const found = table.totals.get(user) ?? 0
    if (found !== expected) wrong.push(`the total of ${user} is ${found}, not ${expected}`)
  }
  return wrong
}
