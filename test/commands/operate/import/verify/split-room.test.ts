import { expect, test } from '@jest/globals'
import { splitRoom } from '../../../../../commands/operate/import/verify/split-room.ts'
import type { RoomEvent } from '../../../../../lib/domain/events.ts'
import { at, edited, posted, read, roomCreated } from '../../../../support/events.ts'

const roomId = 7
const split = (events: unknown[]) =>
  splitRoom(
    (events as RoomEvent[]).map((event, number) => ({
      roomId,
      event,
      row: undefined,
      place: '',
      number,
    })),
  ).map(({ part, entries }) => ({ part, events: entries.map(({ event }) => event) }))

const creation = roomCreated(roomId, 'group', ['a@example.com'])
const lastRead = read(roomId, 5, 'a@example.com', at(9))
const comments = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    posted(roomId, 10 * (count - index), 'a@b', at(index)),
  )

test('a room with few comments is one part', () => {
  const events = [creation, ...comments(3), lastRead]

  expect(split(events)).toEqual([{ part: 'whole', events }])
})

test('a room with many comments is split by their ids, without gaps and without splitting a comment', () => {
  const edits = [edited(roomId, 5, 'older', at(1)), edited(roomId, 9990, 'same part', at(1))]

  const parts = split([creation, ...comments(2500), lastRead, ...edits])

  expect(parts.map(({ part, events }) => ({ part, count: events.length }))).toEqual([
    { part: 'people', count: 2 },
    { part: { from: 5, to: 9990, range: { first: 10, last: 9990 } }, count: 1001 },
    { part: { from: 9991, to: 19_990, range: { first: 9991, last: 19_990 } }, count: 1000 },
    { part: { from: 19_991, to: 25_000, range: { first: 19_991, last: 25_000 } }, count: 501 },
  ])
})
