import type { Event } from './log.ts'
import { projectPersonalRoom } from './project-room.ts'
import { recordNewest } from './record-fact.ts'
import type { Steps, World } from './world.ts'

/** The second half of a joining: the stub of the user's own row, then the profile that is known. */
export function* completeJoining(world: World, room: string, user: string): Steps<boolean> {
  const { broken } = world
  if (broken.has('profile: the stub is written before the profile is read')) {
    const early = yield* readProfile(world, user)
    yield* writeStub(world, room, user)
    return early !== undefined && (yield* recordProfile(world, room, user, early.at))
  }
  yield* writeStub(world, room, user)
  if (broken.has('profile: a joining takes the profile that is known')) return false
  const known = yield* readProfile(world, user)
  return known !== undefined && (yield* recordProfile(world, room, user, known.at))
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
  at: number,
): Steps<boolean> {
  return yield* recordNewest(world, world.table.participants, `${room}/${user}`, 'profile', at, {})
}

/** Write the profile, then go from room to room, noting each; a repeat goes on there. */
export function* applyProfile(
  world: World,
  { user, at }: Extract<Event, { type: 'profile' }>,
): Steps {
  const { table, broken } = world
  if (broken.has('profile: it is written before the rooms are listed')) {
    yield 'lists the rooms'
    const early = world.log.rooms.filter((room) => table.rows.get(`${room}/${user}`))
    yield* writeProfile(world, user, at)
    for (const room of early) yield* bringProfile(world, room, user, at)
    return
  }
  yield* writeProfile(world, user, at)
  for (;;) {
    const known = yield* readProfile(world, user)
    if (known?.at !== at) return
    const room = yield* readNextRoom(world, user, known.reached)
    if (room === undefined) return
    if (broken.has('profile: a room is noted once it is done')) {
      yield* noteReached(world, user, at, room)
      yield* bringProfile(world, room, user, at)
    } else {
      yield* bringProfile(world, room, user, at)
      yield* noteReached(world, user, at, room)
    }
  }
}

function* writeProfile({ table, broken }: World, user: string, at: number): Steps {
  yield `writes the profile ${at}`
  const known = table.profiles.get(user)
  if ((known?.at ?? -1) >= at) return
  const isKept = broken.has('profile: a newer one begins with the first room')
  table.profiles.put(user, isKept ? { ...known, at } : { at })
}

/** Stubs and tombstones are rooms too. */
function* readNextRoom({ table, log }: World, user: string, reached = '') {
  yield `lists the rooms after '${reached}'`
  return log.rooms.find((room) => room > reached && table.rows.get(`${room}/${user}`))
}

function* bringProfile(world: World, room: string, user: string, at: number): Steps {
  yield* recordProfile(world, room, user, at)
  yield* projectPersonalRoom(world, room)
}

function* noteReached({ table, broken }: World, user: string, at: number, room: string): Steps {
  yield `notes ${room}`
  const known = table.profiles.get(user)!
  if (known.at === at || broken.has('profile: only its own progress is noted'))
    table.profiles.put(user, { ...known, reached: room })
}
