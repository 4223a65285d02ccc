import type { RoomState } from '../../../lib/domain/room-state.ts'
import { at } from '../fixtures.ts'
import type { Batch, NextBatch } from './batch.ts'
import { commentMessage, joinMessage, readMessage, receiptMessage } from './messages.ts'
import { startMix } from './mix.ts'
import { seedRooms } from './rooms.ts'

/** A kind of batches. */
interface Case {
  /** The references do comments only. */
  isOfComments?: true
  /** Begins a series of batches. All series are the same, but in rooms of their own. */
  start: () => Promise<NextBatch>
}

/** Makes batches that do something in each of some rooms. A batch has new rooms, so that all batches do the same work. */
const inRooms =
  (count: number, people: number, act: (room: RoomState) => Batch): Case['start'] =>
  () =>
    Promise.resolve(async () => {
      const parts = (await seedRooms(count, people)).map(act)
      return {
        messages: parts.flatMap(({ messages }) => messages),
        expected: parts.flatMap(({ expected }) => expected),
      }
    })

/** The positions of people, or the ids of comments, from one on. */
const from = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => first + index)

/** In a group of 20, whoever has not written the comment. */
const readersOf20 = [0, ...from(2, 18)]

const comments =
  (count: number) =>
  ({ room: { room_id }, participants }: RoomState): Batch => ({
    messages: from(2, count).map((comment_id) => {
      const occurred_at = at(room_id + comment_id)
      return commentMessage({ occurred_at, room_id, comment_id, email: participants[1]!.key })
    }),
    expected: [{ roomId: room_id, email: participants[0]!.key, unread: 1 + count }],
  })

const reads =
  (readers: number[]) =>
  ({ room: { room_id }, participants }: RoomState): Batch => ({
    messages: readers.map((reader) => {
      const occurred_at = at(room_id + 2)
      return readMessage({ occurred_at, room_id, comment_id: 1, email: participants[reader]!.key })
    }),
    expected: readers.map((reader) => ({
      roomId: room_id,
      email: participants[reader]!.key,
      unread: 0,
    })),
  })

const receipts =
  (receivers: number[]) =>
  ({ room: { room_id }, participants }: RoomState): Batch => ({
    messages: receivers.map((receiver) => {
      const occurred_at = at(room_id + 2)
      const email = participants[receiver]!.key
      return receiptMessage({ occurred_at, room_id, comment_id: 1, email })
    }),
    expected: [],
  })

/** Somebody joins who is in no room yet, and sees no older comment. */
const join = ({ room: { room_id } }: RoomState): Batch => {
  const email = `newcomer-${room_id}@example.com`
  return {
    messages: [joinMessage({ occurred_at: at(room_id + 2), room_id, id: room_id, email })],
    expected: [{ roomId: room_id, email, unread: 0 }],
  }
}

/** The cases of the benchmark, by their names. */
export const cases = {
  'comment, 100 rooms of 2': { isOfComments: true, start: inRooms(100, 2, comments(1)) },
  'comment, 25 groups of 20': { isOfComments: true, start: inRooms(25, 20, comments(1)) },
  'comment, 5 groups of 100': { isOfComments: true, start: inRooms(5, 100, comments(1)) },
  'comment, 1 group of 1,000': { isOfComments: true, start: inRooms(1, 1000, comments(1)) },
  '100 comments, 1 group of 1,000': { isOfComments: true, start: inRooms(1, 1000, comments(100)) },
  'read, 100 rooms of 2': { start: inRooms(100, 2, reads([0])) },
  'read, 95 groups of 20, 1 each': { start: inRooms(95, 20, reads([2])) },
  'read, 5 groups of 20, 19 each': { start: inRooms(5, 20, reads(readersOf20)) },
  '100 reads, 1 group of 1,000': { start: inRooms(1, 1000, reads(from(2, 100))) },
  'receipt, 100 rooms of 2': { start: inRooms(100, 2, receipts([0])) },
  'receipt, 5 groups of 20, 19 each': { start: inRooms(5, 20, receipts(readersOf20)) },
  'join, 20 groups of 20': { start: inRooms(20, 20, join) },
  mix: { start: startMix },
} satisfies Record<string, Case>

export type CaseName = keyof typeof cases

/** The names of the cases, in their order. */
export const caseNames = Object.keys(cases) as CaseName[]

/** The case with this name. */
export const caseOf = (name: CaseName): Case => cases[name]
