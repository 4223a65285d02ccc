import { compareDated, type Dated } from './facts.ts'
import type { Event } from './log.ts'
import { projectPersonalRoom } from './project-news.ts'
import { type News, recordNewest } from './record-fact.ts'
import type { Steps, World } from './world.ts'

/**
 * The second half of a join: the stub of the user's own row, then the profile that is known.
 * @param isFirst whether the user joins for the first time: otherwise the row is looked for before it is written
 */
export function* completeJoin(
  world: World,
  room: string,
  user: string,
  isFirst: boolean,
): Steps<News> {
  const { broken } = world
  if (broken.has('profile: the stub is written before the profile is read')) {
    const early = yield* readProfile(world, user)
    yield* writeStub(world, room, user)
    return early === undefined ? 'times' : yield* copyKnownProfile(world, room, user, early)
  }
  yield* writeMissingStub(world, room, user, isFirst)
  if (broken.has('profile: a join takes the profile that is known')) return 'times'
  const known = yield* readProfile(world, user)
  return known === undefined ? 'times' : yield* copyKnownProfile(world, room, user, known)
}

function* writeMissingStub(world: World, room: string, user: string, isFirst: boolean): Steps {
  if (!isFirst) {
    if (world.broken.has('profile: a join that is not the first looks for its row')) return
    yield `looks for the row of ${user} in ${room}`
    if (world.table.rows.get(`${room}/${user}`) !== undefined) return
  }
  yield* writeStub(world, room, user)
}

/** Nothing is recorded if the participant has a newer profile: what was there before is no news. */
function* copyKnownProfile(world: World, room: string, user: string, known: Dated): Steps<News> {
  const stored = world.table.participants.get(`${room}/${user}`)?.profile
  if (stored && compareDated(stored, known) >= 0) return 'times'
  return yield* recordProfile(world, room, user, known)
}

function* writeStub({ table }: World, room: string, user: string): Steps {
  yield `writes a stub of the row of ${user} in ${room}`
  const key = `${room}/${user}`
  if (table.rows.get(key) === undefined) table.rows.put(key, {})
}

function* readProfile({ table }: World, user: string) {
  yield `reads the profile of ${user}`
  return table.profiles.get(user)
}

/** A profile as a participant's. */
export function* recordProfile(
  world: World,
  room: string,
  user: string,
  { at, value }: Dated,
): Steps<News> {
  const { participants } = world.table
  return yield* recordNewest(world, participants, `${room}/${user}`, 'profile', { at, value }, {})
}

/**
 * Write the profile, then go from room to room, and note each that is done; a repeat goes on there. If all rooms have
 * had this value before, they are only read.
 */
export function* applyProfile(world: World, event: Extract<Event, { type: 'profile' }>): Steps {
  const { table, broken, log } = world
  const { user } = event
  if (broken.has('profile: it is written before the rooms are listed')) {
    yield 'lists the rooms'
    const early = log.rooms.filter((room) => table.rows.get(`${room}/${user}`))
    yield* writeProfile(world, event)
    for (const room of early) yield* bringProfile(world, room, event, undefined)
    return
  }
  yield* writeProfile(world, event)
  const known = yield* readProfile(world, user)
  if (known === undefined || compareDated(known, event) !== 0) return
  let { reached } = known
  for (;;) {
    const room = yield* readNextRoom(world, user, reached)
    if (room === undefined) break
    const isNotedEarly = broken.has('profile: a room is noted once it is done')
    if (isNotedEarly) yield* note(world, event, { reached: room })
    yield* bringProfile(world, room, event, known.copied)
    const isFull = known.copied === undefined && !isNotedEarly
    if (isFull && !(yield* note(world, event, { reached: room }))) return
    reached = room
  }
  if (known.copied === undefined) yield* note(world, event, { copied: event.at })
}

function* writeProfile(
  { table, broken }: World,
  { user, at, value }: Extract<Event, { type: 'profile' }>,
): Steps {
  yield `writes the profile ${at}`
  const known = table.profiles.get(user)
  if (known && compareDated(known, { at, value }) >= 0) return
  const isSameValue = known?.value === value
  const copied =
    isSameValue || broken.has('profile: another value is copied into every room')
      ? known?.copied
      : undefined
  const isKept = broken.has('profile: a newer one begins with the first room')
  const reached = isKept ? known?.reached : undefined
  table.profiles.put(user, {
    ...{ at, value },
    ...(reached !== undefined && { reached }),
    ...(copied !== undefined && { copied }),
  })
}

/** Stubs and tombstones are rooms too. */
function* readNextRoom({ table, log }: World, user: string, reached = '') {
  yield `lists the rooms after '${reached}'`
  return log.rooms.find((room) => room > reached && table.rows.get(`${room}/${user}`))
}

/**
 * A room that has the same value is only read, if all rooms have had it before. Its rows are compared unless the
 * room has had it since then.
 */
function* bringProfile(
  world: World,
  room: string,
  event: Extract<Event, { type: 'profile' }>,
  copied: number | undefined,
): Steps {
  const { broken, table } = world
  yield `reads participant ${event.user} of ${room}`
  const stored = table.participants.get(`${room}/${event.user}`)?.profile
  const isCopied =
    copied !== undefined ||
    broken.has('profile: a room keeps an older time only if all had the value')
  if (isCopied && stored?.value === event.value) {
    const isDone =
      stored.at === copied || broken.has('profile: rows are compared where it is the same')
    if (!isDone) yield* projectPersonalRoom(world, room, 'repeated')
    return
  }
  const news = yield* recordProfile(world, room, event.user, event)
  yield* projectPersonalRoom(world, room, news)
}

/** @returns false if there is another profile by now */
function* note(
  { table, broken }: World,
  event: Extract<Event, { type: 'profile' }>,
  progress: { reached: string } | { copied: number },
): Steps<boolean> {
  yield `notes ${JSON.stringify(progress)}`
  const known = table.profiles.get(event.user)!
  const isSame = compareDated(known, event) === 0
  if (isSame || broken.has('profile: only its own progress is noted'))
    table.profiles.put(event.user, { ...known, ...progress })
  return isSame
}
