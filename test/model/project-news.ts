import { isDeepStrictEqual } from 'node:util'
import { type Facts, isPresent, type Room, showTo } from './facts.ts'
import { sendMessage } from './project-large-room.ts'
import { type Affected, projectRoom, readAffected } from './project-room.ts'
import type { News } from './record-fact.ts'
import type { Steps, World } from './world.ts'

/**
 * If no value has changed, the rows are compared, and only those that are not current are written. After a fact
 * that was known, a current row has the revision of the room.
 */
export function* projectNews(
  world: World,
  name: string,
  news: News,
  affected: Affected,
  project: typeof projectRoom = projectRoom,
): Steps {
  const { broken } = world
  const isRaised =
    news === 'values' && !broken.has('news: a value that changes raises the revision')
  if (isRaised) {
    yield* project(world, name, affected)
    return
  }
  if (news === 'repeated' && broken.has('repeat: known facts are projected again')) return
  if (news === 'times' && broken.has('news: rows are compared after a newer time')) return
  yield 'reads the room'
  const room = world.table.rooms.get(name)
  const isDeferred = project !== projectRoom && affected.everyone && room?.projected !== undefined
  if (isDeferred && news === 'repeated') {
    yield* repeatLargeRoom(world, name, room, affected, project)
    return
  }
  const { facts, viewers } = yield* readAffected(world, name, room, affected)
  const outdated: string[] = []
  for (const user of viewers) {
    yield `compares the row of ${user}`
    if (!isCurrent(world, name, facts, user, news)) outdated.push(user)
  }
  if (outdated.length === 0) return
  if (isDeferred) yield* project(world, name, affected)
  else yield* projectRoom(world, name, { everyone: false, users: outdated })
}

/** Of a large room, all rows are requested again: no row tells whether it is current. */
function* repeatLargeRoom(
  world: World,
  name: string,
  { projected = 0, revision }: Room,
  affected: Affected,
  project: typeof projectRoom,
): Steps {
  const { broken } = world
  if (broken.has('large: a repeat requests again')) return
  if (broken.has('large: a repeat requests even if all is projected') && projected >= revision)
    return
  if (broken.has('large: a repeat raises the revision')) yield* sendMessage(world, name, revision)
  else yield* project(world, name, affected)
}

const isCurrent = (world: World, name: string, facts: Facts, user: string, news: News): boolean => {
  const row = world.table.rows.get(`${name}/${user}`)
  const shown = showTo(facts, user, world.broken)
  const participant = facts.participants.get(user)
  if (shown === undefined && (facts.room.type === undefined || !isPresent(participant)))
    return row?.shown === undefined && (row?.leftAt ?? -1) >= (participant?.leftAt ?? -1)
  const isOfRevision =
    news !== 'repeated' ||
    row?.revision === facts.room.revision ||
    world.broken.has('repeat: rows are compared with their revision')
  return isOfRevision && isDeepStrictEqual(row?.shown, shown)
}

export function* projectPersonalRoom(world: World, name: string, news: News): Steps {
  yield 'reads the room'
  if (world.table.rooms.get(name)?.type !== 'single') return
  yield* projectNews(world, name, news, { everyone: true, users: [] })
}
