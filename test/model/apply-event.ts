import type { Event, RoomEvent } from './log.ts'
import { applyProfile, completeJoining, recordProfile } from './profile.ts'
import { type Affected, projectRoom, projectUnlessCurrent } from './project-room.ts'
import { recordNewest, recordOnce } from './record-fact.ts'
import type { Steps, World } from './world.ts'

/** What the queue's function does with one event, however often it is delivered. */
export function* applyEvent(world: World, event: Event): Steps {
  if (event.type === 'profile') {
    yield* applyProfile(world, event)
    return
  }
  const isNews = yield* recordEvent(world, event)
  if (isNews) yield* projectRoom(world, event.room, affectedBy(event))
  else if (!world.broken.has('repeat: known facts are projected again'))
    yield* projectUnlessCurrent(world, event.room, affectedBy(event))
}

const affectedBy = (event: RoomEvent): Affected => {
  if (event.type === 'created') return { everyone: true, users: event.users }
  if (event.type === 'joined' || event.type === 'left' || event.type === 'read')
    return { everyone: false, users: [event.user] }
  return { everyone: true, users: [] }
}

/** @returns whether anything of it was news */
export function* recordEvent(world: World, event: RoomEvent): Steps<boolean> {
  const { rooms, participants, comments } = world.table
  const { room, at } = event
  switch (event.type) {
    case 'created': {
      const { roomType } = event
      let isNews = yield* recordOnce(rooms, room, { type: roomType }, { revision: 0 })
      for (const user of event.users) if (yield* recordJoining(world, room, user, at)) isNews = true
      return isNews
    }
    case 'renamed':
      return yield* recordNewest(world, rooms, room, 'named', at, { revision: 0 })
    case 'joined':
      return yield* recordJoining(world, room, event.user, at)
    case 'left':
      return yield* recordNewest(world, participants, `${room}/${event.user}`, 'leftAt', at, {})
    case 'read':
      return yield* recordNewest(world, participants, `${room}/${event.user}`, 'read', event.id, {})
    case 'posted':
      return yield* recordOnce(comments, `${room}/${event.id}`, { author: event.user }, {})
    case 'deleted':
      return yield* recordOnce(comments, `${room}/${event.id}`, { deleted: true }, {})
  }
}

function* recordJoining(world: World, room: string, user: string, at: number): Steps<boolean> {
  const { participants } = world.table
  const isNewJoining = yield* recordNewest(
    world,
    participants,
    `${room}/${user}`,
    'joinedAt',
    at,
    {},
  )
  const isNewProfile = yield* recordProfile(world, room, user, at)
  const isKnownProfileNew = yield* completeJoining(world, room, user)
  return isNewJoining || isNewProfile || isKnownProfileNew
}
