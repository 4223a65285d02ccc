import { shuffled } from './choices.ts'
import { type Facts, isPresent, type Room, showTo } from './facts.ts'
import type { Items } from './table.ts'
import type { Steps, World } from './world.ts'

/** Whose rows may have changed. A personal room's all change, whatever it was. */
export interface Affected {
  everyone: boolean
  users: string[]
}

/** Raise, read, write. */
export function* projectRoom(world: World, name: string, affected: Affected): Steps {
  const { broken } = world
  if (broken.has('project: the revision is raised before the facts are read')) {
    const early = yield* readAffected(world, name, world.table.rooms.get(name), affected)
    const room = yield* raiseRevision(world, name)
    yield* writeRows(world, name, { ...early.facts, room }, early.viewers)
    return
  }
  const room = yield* raiseRevision(world, name)
  const { facts, viewers } = yield* readAffected(world, name, room, affected)
  if (broken.has('project: rows bear the number that the raise returned')) {
    yield 'reads the room'
    facts.room = { ...room, revision: world.table.rooms.get(name)!.revision }
  }
  yield* writeRows(world, name, facts, viewers)
}

export function* raiseRevision({ table }: World, name: string): Steps<Room> {
  yield 'raises the revision'
  const known = table.rooms.get(name)
  const room = { ...known, revision: (known?.revision ?? 0) + 1 }
  table.rooms.put(name, room)
  return room
}

export function* readAffected(
  world: World,
  name: string,
  room: Room | undefined,
  { everyone, users }: Affected,
): Steps<{ facts: Facts; viewers: string[] }> {
  const all = room?.type === 'single' || (room?.type === 'group' && everyone)
  const facts = yield* readFacts(world, name, room, all ? world.log.users : users)
  const viewers = [...facts.participants]
    .filter(([user, participant]) => users.includes(user) || (all && isPresent(participant)))
    .map(([user]) => user)
  return { facts, viewers }
}

/** A Query returns items as they are at different moments. */
export function* readFacts(
  world: World,
  name: string,
  room: Room | undefined,
  users: string[],
): Steps<Facts> {
  const { table, log, choose } = world
  const isLagging = world.broken.has('project: the facts are read consistently')
  const read = <T>(items: Items<T>, key: string): T | undefined =>
    isLagging && choose(4) === 3 ? items.lagging(key) : items.query(key)

  const facts: Facts = {
    room: room ?? { revision: 0 },
    participants: new Map(),
    comments: new Map(),
  }
  for (const user of shuffled(choose, users)) {
    yield `reads participant ${user}`
    const participant = read(table.participants, `${name}/${user}`)
    if (participant) facts.participants.set(user, participant)
  }
  const ids = [...log.before, ...log.events].flatMap((event) =>
    event.type === 'posted' || event.type === 'deleted' ? [event.id] : [],
  )
  for (const id of shuffled(choose, [...new Set(ids)])) {
    yield `reads comment ${id}`
    const comment = read(table.comments, `${name}/${id}`)
    if (comment) facts.comments.set(id, comment)
  }
  return facts
}

export function* writeRows(world: World, name: string, facts: Facts, viewers: string[]): Steps {
  for (const viewer of viewers) {
    if (showTo(facts, viewer, world.broken)) yield* writeListedRow(world, name, facts, viewer)
    else yield* unlistRow(world, name, facts, viewer)
  }
}

/** A condition and its write, with the total in the same transaction where the row comes. */
function* writeListedRow(world: World, name: string, facts: Facts, user: string): Steps {
  yield `writes the row of ${user} as revision ${facts.room.revision}`
  if (!putListedRow(world, name, facts, user)) return
  if (world.broken.has('project: a row and its total change together')) yield 'adds to the total'
  world.table.addToTotal(user, 1)
}

/** @returns whether the row has come into the list */
export const putListedRow = (world: World, name: string, facts: Facts, user: string): boolean => {
  const { rows } = world.table
  const { revision } = facts.room
  const key = `${name}/${user}`
  const found = rows.get(key)
  if (isAsNew(world, found?.revision, revision)) return false
  const joinedAt = facts.participants.get(user)!.joinedAt!
  if (found?.leftAt !== undefined && found.leftAt >= joinedAt) return false
  rows.put(key, { revision, shown: showTo(facts, user, world.broken)! })
  return found?.shown === undefined
}

/**
 * The row of one who left, which says when, or of one who is there and has to wait. Who never was there has no row,
 * and a room that is not created yet is in nobody's list.
 */
function* unlistRow(world: World, name: string, facts: Facts, user: string): Steps {
  const participant = facts.participants.get(user)
  const isWaiting = isPresent(participant)
  const leftAt = participant?.leftAt
  if (isWaiting ? facts.room.type === undefined : leftAt === undefined) return
  yield `takes the row of ${user} out of the list as revision ${facts.room.revision}`
  const { rows } = world.table
  const { revision } = facts.room
  const key = `${name}/${user}`
  const found = rows.get(key)
  if (isAsNew(world, found?.revision, revision)) return
  if (isWaiting) {
    const isIgnored = world.broken.has('hide: a row that is not listed takes the revision')
    if (found?.shown === undefined && isIgnored) return
    rows.put(key, { revision, ...(found?.leftAt !== undefined && { leftAt: found.leftAt }) })
  } else {
    if (found?.shown === undefined && (found?.leftAt ?? -1) >= leftAt!) return
    buryRow(world, key, { revision, leftAt: leftAt! })
  }
  if (found?.shown === undefined) return
  if (world.broken.has('project: a row and its total change together')) yield 'takes from the total'
  world.table.addToTotal(user, -1)
}

export const buryRow = (
  { table, broken }: World,
  key: string,
  tombstone: { revision: number | undefined; leftAt: number },
): void => {
  if (broken.has('leave: a row that was left says when')) table.rows.delete(key)
  else table.rows.put(key, tombstone)
}

const isAsNew = ({ broken }: World, found: number | undefined, revision: number): boolean =>
  found !== undefined && found >= revision && !broken.has('project: a newer row is not replaced')
