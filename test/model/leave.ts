import { shuffled } from './choices.ts'
import { type Facts, isPresent, type Participant, type Room, showTo } from './facts.ts'
import type { LeaveRequest } from './log.ts'
import { buryRow, projectRoom, putListedRow, readFacts } from './project-room.ts'
import type { Row } from './table.ts'
import type { Steps, World } from './world.ts'

/** What a leave has read, and the moment that ends the stay. */
interface Leaving {
  row: Row
  me: Participant & { joinedAt: number }
  room: Room
  leftAt: number
}

/** What leaving through the API does: a crash makes the phone ask again. */
export function* leave(world: World, request: LeaveRequest): Steps {
  const leftWith = yield* recordLeave(world, request)
  if (leftWith === 'never was there' || leftWith === 'left alone') return
  if (world.broken.has('leave: the revision is checked afterwards')) return
  yield 'reads the room again'
  const room = world.table.rooms.get(request.room)!
  if (room.type === 'group' || room.revision === leftWith) return
  yield* projectRoom(world, request.room, { everyone: true, users: [request.user] })
}

/** @returns the room's revision with the leave */
function* recordLeave(
  world: World,
  request: LeaveRequest,
): Steps<number | 'never was there' | 'left alone' | undefined> {
  for (;;) {
    const { row, me, room } = yield* readOwn(world, request)
    if (row?.shown === undefined && row?.leftAt === undefined) return 'never was there'
    if (row.shown === undefined && !isPresent(me)) return row.revision
    if (me?.joinedAt === undefined || room === undefined) continue
    const isPlainClock = world.broken.has('leave: left_at is later than joined_at')
    const earliest = isPlainClock ? 0 : me.joinedAt + 1
    const leftAt = Math.max(request.now, earliest, me.leftAt ?? 0)
    const leaving = { row, me: { ...me, joinedAt: me.joinedAt }, room, leftAt }
    const facts = yield* readFactsOfOthers(world, request, leaving)
    if (!(yield* transact(world, request, leaving, facts))) continue
    return isLeftAlone(world, room) ? 'left alone' : room.revision + 1
  }
}

/** One BatchGetItem, which returns items as they are at different moments. */
function* readOwn({ table, choose }: World, { room, user }: LeaveRequest) {
  const found: { row?: Row | undefined; me?: Participant | undefined; room?: Room | undefined } = {}
  for (const name of shuffled(choose, ['row', 'me', 'room'] as const)) {
    yield `reads the leaver's ${name === 'me' ? 'participant' : name}`
    if (name === 'row') found.row = table.rows.get(`${room}/${user}`)
    else if (name === 'me') found.me = table.participants.get(`${room}/${user}`)
    else found.room = table.rooms.get(room)
  }
  return found
}

/** A personal room's facts as they are with the leave. */
function* readFactsOfOthers(
  world: World,
  { room: name, user }: LeaveRequest,
  { room, leftAt }: Leaving,
): Steps<Facts | undefined> {
  const isBlind = world.broken.has("leave: the other one's row comes from the facts")
  if (room.type !== 'single' || isBlind) return undefined
  const facts = yield* readFacts(world, name, room, world.log.users)
  facts.participants.set(user, { ...facts.participants.get(user), leftAt })
  return facts
}

/**
 * All conditions hold and all is written, or nothing is. The items become visible to a Query one by
 * one: here it is the participant that matters, nothing else of it is read by a Query.
 * @returns whether it went through
 */
function* transact(
  world: World,
  request: LeaveRequest,
  leaving: Leaving,
  facts: Facts | undefined,
): Steps<boolean> {
  const { table, broken } = world
  const { user, room: name } = request
  const { me, leftAt } = leaving
  const key = `${name}/${user}`
  const isAsGroup = leaving.room.type === 'group' || isLeftAlone(world, leaving.room)

  yield `leaves at ${leftAt}, in one transaction`
  const row = table.rows.get(key)
  const participant = table.participants.get(key)!
  const room = table.rooms.get(name)!
  const isSameListing = (row?.shown === undefined) === (leaving.row.shown === undefined)
  const isSameStay =
    participant.joinedAt === me.joinedAt ||
    broken.has('leave: the stay is still the one that was read')
  const isSameRevision =
    room.revision === leaving.room.revision ||
    broken.has('leave: the room still has the revision that was read')
  const isSameType =
    leaving.room.type !== undefined ||
    room.type === undefined ||
    broken.has('leave: a room not created yet still is not')
  if (!isSameListing || !isSameStay || (participant.leftAt ?? 0) > leftAt) return false
  if (!isAsGroup && !(isSameRevision && isSameType)) return false

  const raised = leaving.room.revision + 1
  const revision = isAsGroup ? row?.revision : raised
  buryRow(world, key, { revision, leftAt })
  if (row?.shown) table.addToTotal(user, -1)
  if (!isAsGroup) table.rooms.put(name, { ...room, revision: raised })
  writeOthers(world, request, raised, facts)
  world.left.push({ room: name, user, leftAt: Math.max(leftAt, me.joinedAt) })
  table.participants.putUncommitted(key, { ...participant, leftAt })
  try {
    yield 'the transaction commits the participant'
  } finally {
    // Without a crash it is the next step, and a crash of ours does not stop DynamoDB.
    table.participants.commit(key)
  }
  return true
}

const isLeftAlone = ({ broken }: World, { type }: Room): boolean =>
  type === undefined && broken.has('leave: a room not created yet is left as a personal one')

/** The other one's row, as a projection would write it. */
const writeOthers = (
  world: World,
  { user, room }: LeaveRequest,
  revision: number,
  facts: Facts | undefined,
): void => {
  const { table, broken } = world
  for (const other of world.log.users.filter((name) => name !== user)) {
    const row = table.rows.get(`${room}/${other}`)
    if (broken.has("leave: the other one's row comes from the facts")) {
      if (row?.shown?.members === undefined) continue
      const members = row.shown.members.filter(([member]) => member !== user)
      table.rows.put(`${room}/${other}`, { revision, shown: { ...row.shown, members } })
      continue
    }
    if (facts === undefined || !showTo(facts, other)) continue
    const isSkipped =
      broken.has("leave: the other one's row is written even if it is not there yet") && !row?.shown
    if (isSkipped) continue
    const withLeave = { ...facts, room: { ...facts.room, revision } }
    if (putListedRow(world, room, withLeave, other)) table.addToTotal(other, 1)
  }
}
