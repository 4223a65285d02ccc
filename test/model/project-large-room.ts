import { isDeepStrictEqual } from 'node:util'
import { showTo } from './facts.ts'
import { type Affected, raiseRevision, readAffected, writeRows } from './project-room.ts'
import type { Steps, Task, World } from './world.ts'

const everyone: Affected = { everyone: true, users: [] }

/**
 * Raises the revision, then projects a small room, and requests the projection of a large one.
 * @param before the revision before the event
 */
export function* projectOrDefer(
  world: World,
  name: string,
  affected: Affected,
  before: number,
): Steps {
  const { broken, log, table } = world
  const room = yield* raiseRevision(world, name)
  const number = broken.has('large: the message has the number of the raise')
    ? before
    : room.revision
  if (affected.everyone && room.projected !== undefined) {
    yield* sendMessage(world, name, number)
    return
  }
  const { facts, viewers } = yield* readAffected(world, name, room, affected)
  if (affected.everyone && room.type === 'group' && viewers.length > log.largeAbove!) {
    yield 'marks the room as large'
    const known = table.rooms.get(name)!
    table.rooms.put(name, { ...known, projected: known.projected ?? 0 })
    yield* sendMessage(world, name, number)
    return
  }
  yield* writeRows(world, name, facts, viewers)
}

/**
 * Requests the projection of a large room. The message arrives at least once, later, in any order: nothing
 * here relies on a queue that keeps the order or gives a room to one worker at a time.
 */
export function* sendMessage(world: World, room: string, revision: number): Steps {
  const { choose, waiting } = world
  yield `sends a message about revision ${revision}`
  const copies = choose(5) === 4 ? 2 : 1
  for (let copy = 0; copy < copies; copy += 1)
    waiting.splice(waiting.length - choose(waiting.length + 1), 0, {
      title: `[projects ${room}, revision ${revision}]`,
      message: { room, revision },
      start: () => projectMessages(world, room, revision),
    })
  yield 'reports the event as applied'
}

/** Takes other messages of the room as well, as a batch has them. After a crash they arrive again. */
function* projectMessages(world: World, room: string, revision: number): Steps {
  const { choose, waiting } = world
  const others = waiting.filter(({ message }) => message?.room === room && choose(2) === 1)
  for (const other of others) waiting.splice(waiting.indexOf(other), 1)
  let isDone = false
  try {
    const revisions = others.map(({ message }: Task) => message!.revision)
    yield* projectLargeRoom(world, room, Math.max(revision, ...revisions))
    isDone = true
  } finally {
    if (!isDone) waiting.push(...others)
  }
}

/** Reads the number, reads the facts, writes the rows, notes the number. */
function* projectLargeRoom(world: World, name: string, requested: number): Steps {
  const { table, broken, choose } = world
  yield 'reads the room'
  const known = table.rooms.get(name)!
  if ((known.projected ?? 0) >= requested) return
  if (broken.has('large: a room is skipped by its number') && (yield* showsTheFacts(world, name)))
    return
  // A retry takes the number of the message, so that it does not write again what it has written.
  const isRetry = choose(2) === 1
  const revision = isRetry ? Math.min(requested, known.revision) : known.revision
  const { facts, viewers } = yield* readAffected(world, name, { ...known, revision }, everyone)
  let noted = revision
  if (broken.has('large: the number is read before the facts')) {
    yield 'reads the room again'
    noted = table.rooms.get(name)!.revision
    facts.room = { ...facts.room, revision: noted }
  }
  if (broken.has('large: the number is noted after the rows'))
    yield* noteProjected(world, name, noted)
  yield* writeRows(world, name, facts, viewers)
  if (broken.has('large: the number of the rows is noted')) {
    yield 'reads the room again'
    noted = table.rooms.get(name)!.revision
  }
  yield* noteProjected(world, name, noted)
}

function* noteProjected({ table, broken }: World, name: string, revision: number): Steps {
  yield `notes that revision ${revision} is projected`
  const room = table.rooms.get(name)!
  if ((room.projected ?? 0) >= revision && !broken.has('large: the greatest number stays')) return
  table.rooms.put(name, { ...room, projected: revision })
}

/** Compares the rows by what they show, as if that were enough. */
function* showsTheFacts(world: World, name: string): Steps<boolean> {
  const room = world.table.rooms.get(name)!
  const { facts, viewers } = yield* readAffected(world, name, room, everyone)
  for (const user of viewers) {
    yield `compares the row of ${user}`
    const { shown } = world.table.rows.get(`${name}/${user}`) ?? {}
    if (!isDeepStrictEqual(shown, showTo(facts, user, world.broken))) return false
  }
  return true
}
