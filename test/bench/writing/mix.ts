import type { SQSRecord } from 'aws-lambda'
import type { RoomState } from '../../../lib/domain/room-state.ts'
import { at } from '../fixtures.ts'
import type { NextBatch } from './batch.ts'
import { commentMessage, readMessage, receiptMessage } from './messages.ts'
import { seedRooms } from './rooms.ts'

const batchSize = 100
/** When the events of the mix happen: after the rooms were created, in seconds as `at` takes them. */
const begin = 40_000_000

interface Rooms {
  ofTwo: Room[]
  groupsOf20: Room[]
  groupsOf100: Room[]
}

interface Room extends RoomState {
  lastComment: number
}

/** Something that somebody does. Its message is made when it is delivered, so a read is of the newest comment then. */
interface Act {
  make: typeof commentMessage
  room: Room
  /** The position in the room. */
  who: number
}

/**
 * Begins a stream of comments, receipts and reads. 70 % of the talks are in rooms of two, and the others in groups, most
 * of them of 20 people. The stream is cut into batches as it comes, and all batches are in the same rooms. It looks
 * random, and is always the same.
 */
export const startMix = async (): Promise<NextBatch> => {
  const rooms: Rooms = {
    ofTwo: (await seedRooms(300, 2)).map(toRoom),
    groupsOf20: (await seedRooms(12, 20)).map(toRoom),
    groupsOf100: (await seedRooms(2, 100)).map(toRoom),
  }
  const random = makeRandom()
  const stream: Act[] = []
  let seconds = begin
  const deliver = ({ make, room, who }: Act): SQSRecord => {
    seconds += 1
    if (make === commentMessage) room.lastComment += 1
    return make({
      occurred_at: at(seconds),
      room_id: room.room.room_id,
      comment_id: room.lastComment,
      email: room.participants[who]!.key,
    })
  }
  return () => {
    // Four batches ahead, because a read may come before what is already in the stream.
    while (stream.length < 4 * batchSize) addTalk(stream, rooms, random)
    return Promise.resolve({
      messages: stream.splice(0, batchSize).map(deliver),
      expected: [],
    })
  }
}

const toRoom = (state: RoomState): Room => ({ ...state, lastComment: 1 })

/** Adds some comments of a room, and who receives and reads them. */
const addTalk = (stream: Act[], rooms: Rooms, random: () => number): void => {
  const pick = <T>(items: T[]): T => items[Math.floor(random() * items.length)]!
  if (random() < 0.7) talkOfTwo(stream, pick(rooms.ofTwo), random)
  else talkInGroup(stream, pick(random() < 0.97 ? rooms.groupsOf20 : rooms.groupsOf100), random)
}

/** One of two writes one to three comments. The other gets a receipt, and mostly reads them among other events. */
const talkOfTwo = (stream: Act[], room: Room, random: () => number): void => {
  const comments = 1 + Math.floor(random() * 3)
  for (let index = 0; index < comments; index += 1)
    stream.push({ make: commentMessage, room, who: 1 })
  stream.push({ make: receiptMessage, room, who: 0 })
  if (random() < 0.8) {
    const place = Math.max(0, stream.length - Math.floor(random() * 60))
    stream.splice(place, 0, { make: readMessage, room, who: 0 })
  }
}

/** Somebody writes a comment. A third of the group looks at once. */
const talkInGroup = (stream: Act[], room: Room, random: () => number): void => {
  const size = room.participants.length
  stream.push({ make: commentMessage, room, who: Math.floor(random() * size) })
  for (let who = 0; who < size; who += 1)
    if (random() < 0.33)
      stream.push({ make: receiptMessage, room, who }, { make: readMessage, room, who })
}

/** A linear congruential generator: numbers from 0 to 1 that look random and are the same in each run. */
const makeRandom = (): (() => number) => {
  let state = 7
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}
