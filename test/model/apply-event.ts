import type { Event, RoomEvent } from './log.ts'
import { applyProfile, completeJoin, recordProfile } from './profile.ts'
import { projectOrDefer, sendMessage } from './project-large-room.ts'
import { projectNews } from './project-news.ts'
import { type Affected, projectRoom, raiseRevision } from './project-room.ts'
import {
  findMost,
  type News,
  recordJoin,
  recordLeave,
  recordNewest,
  recordOnce,
  recordRead,
} from './record-fact.ts'
import type { Steps, World } from './world.ts'

/** What the queue's function does with one event, however often it is delivered. */
export function* applyEvent(world: World, event: Event): Steps {
  if (event.type === 'profile') {
    yield* applyProfile(world, event)
    return
  }
  const { broken, choose, log, table } = world
  const { room } = event
  const affected = affectedBy(event)
  const isLarge = table.rooms.get(room)?.projected !== undefined
  if (broken.has('large: the message is sent after the facts') && affected.everyone && isLarge) {
    const early = yield* raiseRevision(world, room)
    yield* sendMessage(world, room, early.revision)
    yield* recordEvent(world, event)
    return
  }
  const before = table.rooms.get(room)?.revision ?? 0
  const news = yield* recordEvent(world, event)
  // The import has no queue: it projects at once, whatever the size of the room.
  const isDeferred = log.largeAbove !== undefined && choose(6) < 5
  const project: typeof projectRoom = isDeferred
    ? (...room) => projectOrDefer(...room, before)
    : projectRoom
  yield* projectNews(world, room, news, affected, project)
}

const affectedBy = (event: RoomEvent): Affected => {
  if (event.type === 'created') return { everyone: true, users: event.users }
  if (event.type === 'joined' || event.type === 'left' || event.type === 'read')
    return { everyone: false, users: [event.user] }
  return { everyone: true, users: [] }
}

/** @returns the most of what it has changed */
export function* recordEvent(world: World, event: RoomEvent): Steps<News> {
  const { rooms, comments } = world.table
  const { room, at } = event
  switch (event.type) {
    case 'created': {
      const { roomType } = event
      const isNew = yield* recordOnce(rooms, room, { type: roomType }, { revision: 0 })
      const news: News[] = [isNew === 'repeated' ? 'times' : isNew]
      for (const user of event.users) news.push(yield* recordArrival(world, event, user, roomType))
      return findMost(news)
    }
    case 'renamed': {
      const { value } = event
      return yield* recordNewest(world, rooms, room, 'named', { at, value }, { revision: 0 })
    }
    case 'joined':
      return yield* recordArrival(world, event, event.user, undefined)
    case 'left':
      return yield* recordLeave(world, `${room}/${event.user}`, at)
    case 'read':
      return yield* recordRead(world, `${room}/${event.user}`, { id: event.id, at })
    case 'posted':
      return yield* recordOnce(comments, `${room}/${event.id}`, { author: event.user }, {})
    case 'deleted':
      return yield* recordOnce(comments, `${room}/${event.id}`, { deleted: true }, {})
  }
}

/** @param roomType if the event says it: a group does not show profiles */
function* recordArrival(
  world: World,
  { room, at, value }: Extract<RoomEvent, { type: 'created' | 'joined' }>,
  user: string,
  roomType: 'single' | 'group' | undefined,
): Steps<News> {
  const key = `${room}/${user}`
  const isFirst = world.table.participants.get(key)?.joinedAt === undefined
  const join = yield* recordJoin(world, key, at, roomType)
  const profile = yield* recordProfile(world, room, user, { at, value })
  const knownProfile = yield* completeJoin(world, room, user, isFirst)
  const shown = roomType === 'group' ? [] : [profile, knownProfile]
  return findMost([join, profile === 'repeated' ? 'repeated' : 'times', ...shown])
}
