import {
  compareDated,
  type Dated,
  findStayStart,
  isPresent,
  keepJoins,
  mostJoins,
  type Participant,
  type Read,
} from './facts.ts'
import type { RoomType } from './log.ts'
import type { Items } from './table.ts'
import type { Steps, World } from './world.ts'

/**
 * What recording facts has changed, from the least to the most: only times, maybe nothing (it was known, or rows
 * seldom show it), or values that rows show.
 */
const levels = ['times', 'repeated', 'values'] as const
export type News = (typeof levels)[number]

export const findMost = (news: News[]): News =>
  levels.findLast((level) => news.includes(level)) ?? 'times'

/** A fact of which the greatest stays, in some order. */
function* recordGreatest<Name extends string, Fact, T extends Partial<Record<Name, Fact>>>(
  { broken }: World,
  items: Items<T>,
  key: string,
  {
    name,
    fact,
    empty,
    compare,
  }: {
    name: Name
    fact: Fact
    empty: T
    compare: (a: Fact, b: Fact) => number
  },
): Steps<{ before: T } | 'known'> {
  yield `records ${name} ${JSON.stringify(fact)} of ${key}`
  const item = items.get(key)
  const known: Fact | undefined = item?.[name]
  const isKnown = known !== undefined && compare(known, fact) >= 0
  if (isKnown && !broken.has('facts: the newest wins')) return 'known'
  const before = item ?? empty
  items.put(key, { ...before, [name]: fact })
  return { before }
}

/** A value with its time. */
export function* recordNewest<Name extends string, T extends Partial<Record<Name, Dated>>>(
  world: World,
  items: Items<T>,
  key: string,
  name: Name,
  fact: Dated,
  empty: T,
): Steps<News> {
  const recorded = yield* recordGreatest<Name, Dated, T>(world, items, key, {
    ...{ name, fact, empty },
    compare: compareDated,
  })
  if (recorded === 'known') return 'repeated'
  return recorded.before[name]?.value === fact.value ? 'times' : 'values'
}

/** A leave: the newest one counts. */
export function* recordLeave(world: World, key: string, leftAt: number): Steps<News> {
  const { participants } = world.table
  const recorded = yield* recordGreatest<'leftAt', number, Participant>(world, participants, key, {
    ...{ name: 'leftAt', fact: leftAt, empty: {}, compare: (a, b) => a - b },
  })
  return recorded === 'known'
    ? 'repeated'
    : judgeStay(recorded.before, { ...recorded.before, leftAt })
}

/** Two reads are kept: the one with the greatest id, and the newest. */
export function* recordRead(world: World, key: string, fact: Read): Steps<News> {
  const { participants } = world.table
  const greatest = yield* recordGreatest<'read', Read, Participant>(world, participants, key, {
    ...{ name: 'read', fact, empty: {} },
    compare: (a, b) => a.id - b.id || a.at - b.at,
  })
  if (!world.broken.has('read: the newest one is kept too'))
    yield* recordGreatest<'newestRead', Read, Participant>(world, participants, key, {
      ...{ name: 'newestRead', fact, empty: {} },
      compare: (a, b) => a.at - b.at || a.id - b.id,
    })
  return greatest !== 'known' && greatest.before.read?.id !== fact.id ? 'values' : 'repeated'
}

/** The newest join decides who is present, and the first one since the last leave where the stay began. */
export function* recordJoin(
  world: World,
  key: string,
  at: number,
  roomType: RoomType | undefined,
): Steps<News> {
  const { participants } = world.table
  const toNews = (before: Participant, after: Participant): News => {
    const news = judgeStay(before, after)
    // A personal room shows its members in the order of joining.
    return news === 'times' && roomType !== 'group' ? 'repeated' : news
  }
  yield `records the join ${at} of ${key}`
  const found = participants.get(key) ?? {}
  const isNewest = (found.joinedAt ?? -1) < at || world.broken.has('facts: the newest wins')
  const joined = isNewest ? { ...found, joinedAt: at } : found
  participants.put(key, joined)
  const added = yield* addJoin(world, key, at)
  return findMost([
    isNewest ? toNews(found, joined) : 'repeated',
    added ? toNews(added.before, added.after) : 'repeated',
  ])
}

/** Without reading it, a join is added to the set; once the set is full, one of its joins makes room. */
function* addJoin(
  { table, broken }: World,
  key: string,
  at: number,
): Steps<{ before: Participant; after: Participant } | undefined> {
  const { participants } = table
  if (broken.has('join: the first one since the last leave is kept')) return undefined
  for (;;) {
    yield `adds the join ${at} to ${key}`
    const before = participants.get(key) ?? {}
    const { joins = [], leftAt } = before
    const kept = keepJoins([...joins, at], leftAt)
    if (joins.includes(at) || !kept.includes(at)) return undefined
    if (joins.length < mostJoins) {
      const after = { ...before, joins: [...joins, at] }
      participants.put(key, after)
      return { before, after }
    }
    if (broken.has('join: a full set makes room')) return undefined
    yield `replaces the joins of ${key}`
    const now = participants.get(key)!
    const isSame = now.joins === joins && (now.leftAt ?? -1) < at
    if (!isSame && !broken.has('join: a set that is replaced is the one that was read')) continue
    const after = { ...now, joins: kept }
    participants.put(key, after)
    return { before: now, after }
  }
}

/** Whether somebody's stay, or the time of the last leave of somebody who is absent, has changed. */
const judgeStay = (before: Participant, after: Participant): News => {
  const describe = (participant: Participant) =>
    isPresent(participant)
      ? `since ${findStayStart(participant)}`
      : `left at ${participant.leftAt ?? 'no time'}`
  return describe(before) === describe(after) ? 'times' : 'values'
}

/** A fact that never changes. */
export function* recordOnce<T extends object>(
  items: Items<T>,
  key: string,
  fact: Partial<T>,
  empty: T,
): Steps<News> {
  yield `records ${Object.keys(fact).join()} of ${key}`
  const known = items.get(key) ?? empty
  if (Object.keys(fact).every((name) => name in known)) return 'repeated'
  items.put(key, { ...known, ...fact })
  return 'values'
}
