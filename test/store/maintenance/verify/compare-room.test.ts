import { describe, expect, test } from '@jest/globals'
import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { store } from '../../../../lib/deps.ts'
import type { ChatEvent } from '../../../../lib/domain/events.ts'
import { toTimestamp } from '../../../../lib/domain/time.ts'
import { roomKey } from '../../../../lib/store/keys.ts'
import { eraseFromRoom } from '../../../../lib/store/maintenance/erase-from-room.ts'
import {
  at,
  deleted,
  edited,
  joined,
  left,
  muted,
  named,
  posted,
  read,
  renamed,
  roomCreated,
} from '../../../support/events.ts'
import { apply, freshRoom, useTable } from '../../../support/inbox.ts'
import { verifyEvents } from '../../../support/verify.ts'

useTable()

type Room = ReturnType<typeof freshRoom>
const hour = 3600

/** The events of a group that the files have. */
const groupOfFiles = ({ roomId, me, other }: Room): ChatEvent[] => [
  roomCreated(roomId, 'group', [me, other]),
  posted(roomId, 10, me, at(10), 'ten'),
  muted(roomId, me, at(11), false),
  read(roomId, 10, me, at(12)),
  posted(roomId, 20, other, at(20), 'twenty'),
]

/** Imports the files and then other events, and lists what a verification of the files finds. */
const verifyAfter = async (
  makeOthers: (room: Room) => ChatEvent[],
  { until, makeFiles = groupOfFiles }: { until?: string; makeFiles?: typeof groupOfFiles } = {},
) => {
  const room = freshRoom()
  const files = makeFiles(room)
  await apply(...groupOfFiles(room), ...makeOthers(room))
  const { differences, repairs } = await verifyEvents(files, until)
  const hide = (text: string) =>
    text
      .replaceAll(room.me, 'ME')
      .replaceAll(room.other, 'OTHER')
      .replace(`room ${room.roomId}: `, '')
  return {
    room,
    files,
    repairs,
    found: differences.map(({ text, remedy }) => `${hide(text)} (${remedy})`),
  }
}

describe('events can correct', () => {
  test.each<[string, (room: Room) => ChatEvent[], string]>([
    [
      'somebody who is too much',
      ({ roomId }) => [joined(roomId, `more-${roomId}@example.com`, at(30))],
      'is in the room by the table and not by the files',
    ],
    [
      'somebody who left too much',
      ({ roomId, other }) => [left(roomId, other, at(30))],
      'OTHER is in the room by the files and not by the table',
    ],
    [
      'a wrong name of a room',
      ({ roomId }) => [
        { type: 'room.updated', room_id: roomId, occurred_at: at(30), room_name: 'wrong' },
      ],
      'name is "wrong" in the table and "room',
    ],
    [
      'a wrong name of a participant',
      ({ other }) => [renamed(other, 'wrong', at(30))],
      'OTHER: username is "wrong" in the table and "name of OTHER" in the files',
    ],
    [
      'a room that is muted',
      ({ roomId, me }) => [muted(roomId, me, at(30))],
      'ME: muted is true in the table and false in the files',
    ],
    [
      'a wrong text',
      ({ roomId }) => [edited(roomId, 10, 'wrong', at(30))],
      'comment 10: text is "wrong" in the table and "ten" in the files',
    ],
    [
      'a comment that is too much',
      ({ roomId, me }) => [posted(roomId, 15, me, at(15))],
      'comment 15 is in the table and not in the files',
    ],
  ])('%s', async (_, makeOthers, text) => {
    const { found, repairs, files } = await verifyAfter(makeOthers)

    expect(found).toContainEqual(expect.stringContaining(text))
    expect(found.filter((line) => !line.endsWith('(repair)'))).toEqual([])
    await apply(...repairs)
    expect(await verifyEvents(files)).toEqual({ differences: [], repairs: [] })
  })
})

describe('importing the files again corrects', () => {
  test('a room that is missing, with one line', async () => {
    const room = freshRoom()

    const { differences, repairs } = await verifyEvents(groupOfFiles(room))

    expect(differences).toMatchObject([
      { text: `room ${room.roomId}: is not in the table`, remedy: 'import' },
    ])
    expect(repairs).toEqual(groupOfFiles(room))
  })

  test('times that are too early', async () => {
    const room = freshRoom()
    await apply(...groupOfFiles(room))
    const files = groupOfFiles(room).map((event) => ({
      ...event,
      occurred_at: toTimestamp(Date.parse(event.occurred_at) + 2 * hour * 1000),
    }))

    const { differences } = await verifyEvents(files)

    expect(differences.map(({ what, remedy }) => ({ what, remedy }))).toEqual(
      [10, 20].map((id) => ({
        what: `room ${room.roomId}: comment ${id}: time`,
        remedy: 'import',
      })),
    )
  })
})

test('files without reads and mutes, such as a snapshot, say nothing of them', async () => {
  const { me, other, roomId } = freshRoom()
  const snapshot = [roomCreated(roomId, 'group', [me, other])]
  await apply(...snapshot, muted(roomId, me, at(1)), read(roomId, 5, me, at(2)))

  expect(await verifyEvents(snapshot)).toEqual({ differences: [], repairs: [] })
})

test('a stay that begins too late is reported, unless a leave explains it', async () => {
  const { me, other, roomId } = freshRoom()
  const files = [roomCreated(roomId, 'group', [me, other])]
  await apply(
    roomCreated(roomId, 'group', [me, other], at(hour)),
    left(roomId, other, at(hour + 1)),
    { ...joined(roomId, other, at(hour + 2)), participant: named(other, { id: 2 }) },
  )

  const { differences } = await verifyEvents(files)

  expect(differences.map(({ what, remedy }) => `${what} (${remedy})`)).toEqual(
    ['created_at', `${me}: the start of the stay`].map(
      (what) => `room ${roomId}: ${what} (import)`,
    ),
  )
})

describe('no event corrects', () => {
  test.each<[string, (room: Room) => ChatEvent[], string]>([
    [
      'a time that is too late',
      ({ roomId, me }) => [posted(roomId, 10, me, at(2 * hour), 'ten')],
      `comment 10: time is "${at(2 * hour)}" in the table and "${at(10)}" in the files`,
    ],
    [
      'a deletion',
      ({ roomId }) => [deleted(roomId, 10, at(30))],
      'comment 10 is deleted in the table and not in the files',
    ],
    [
      'a last read comment that is too high',
      ({ roomId, me }) => [read(roomId, 20, me, at(30))],
      'ME: last_comment_read_id is 20 in the table and 10 in the files',
    ],
    [
      'what is newer than the latest time of an event',
      ({ roomId, me }) => [muted(roomId, me, toTimestamp(Date.now() + hour * 1000))],
      'ME: muted is true in the table and false in the files',
    ],
  ])('%s', async (_, makeOthers, text) => {
    const { found, repairs } = await verifyAfter(makeOthers)

    expect(found).toEqual([`${text} (none)`])
    expect(repairs).toEqual([])
  })

  test('the type of a room', async () => {
    const { me, other, roomId } = freshRoom()
    await apply(roomCreated(roomId, 'single', [me, other]))

    const { differences } = await verifyEvents([roomCreated(roomId, 'group', [me, other])])

    expect(differences).toContainEqual({
      what: `room ${roomId}: type`,
      text: `room ${roomId}: type is "single" in the table and "group" in the files`,
      remedy: 'none',
    })
  })

  test('an item that cannot be read', async () => {
    const room = freshRoom()
    await apply(...groupOfFiles(room))
    await store.client.send(
      new UpdateCommand({
        TableName: store.tableName,
        Key: { ...roomKey(room.roomId) },
        UpdateExpression: 'SET #type = :wrong',
        ExpressionAttributeNames: { '#type': 'type' },
        ExpressionAttributeValues: { ':wrong': 'wrong' },
      }),
    )

    const { differences } = await verifyEvents(groupOfFiles(room))

    expect(differences).toMatchObject([
      { text: expect.stringMatching(/^room \d+ is stored with the type "wrong"/), remedy: 'none' },
    ])
  })
})

describe('no difference is', () => {
  test.each<[string, (room: Room) => ChatEvent[]]>([
    [
      'a comment before the first or after the last one of the files',
      ({ roomId, me }) => [posted(roomId, 9, me, at(9)), posted(roomId, 21, me, at(21))],
    ],
    ['a repeated creation', ({ roomId, me }) => [roomCreated(roomId, 'group', [me], at(hour))]],
    ['a profile of somebody whose name is the same', ({ me }) => [renamedAgain(me)]],
    ['a time that only decides what is newer', ({ roomId }) => [edited(roomId, 10, 'ten', at(50))]],
  ])('%s', async (_, makeOthers) => {
    expect((await verifyAfter(makeOthers)).found).toEqual([])
  })

  const renamedAgain = (email: string): ChatEvent => ({
    ...named(email),
    type: 'profile.updated',
    occurred_at: at(30),
  })

  test('a room that the files name in comments only, and its people', async () => {
    const { found } = await verifyAfter(() => [], {
      makeFiles: ({ roomId, me }) => [posted(roomId, 10, me, at(10), 'ten')],
    })

    expect(found).toEqual([])
  })

  test('an earlier creation, because the files may have a snapshot', async () => {
    const { found } = await verifyAfter(() => [], {
      makeFiles: ({ roomId, me, other }) => [roomCreated(roomId, 'group', [me, other], at(hour))],
    })

    expect(found).toEqual([])
  })

  test('what an erasure removed', async () => {
    const { me, other, roomId } = freshRoom()
    const files = groupOfFiles({ me, other, roomId })
    await apply(...files, posted(roomId, 15, other, at(15)))
    await eraseFromRoom(store, other, roomId)

    const { differences } = await verifyEvents([
      roomCreated(roomId, 'group', [me]),
      posted(roomId, 10, me, at(10), 'ten'),
      posted(roomId, 20, other, at(20), 'twenty'),
    ])

    expect(differences).toEqual([])
  })
})

test('what the table says about times later than --until is not compared', async () => {
  const makeOthers = ({ roomId, me, other }: Room): ChatEvent[] => [
    { type: 'room.updated', room_id: roomId, occurred_at: at(hour), room_name: 'later' },
    joined(roomId, `more-${roomId}@example.com`, at(hour)),
    left(roomId, other, at(hour)),
    muted(roomId, me, at(hour)),
    renamed(me, 'later', at(hour)),
    edited(roomId, 10, 'later', at(hour)),
    deleted(roomId, 20, at(hour)),
    posted(roomId, 15, me, at(hour)),
    read(roomId, 20, me, at(hour)),
  ]

  expect((await verifyAfter(makeOthers)).found.length).toBeGreaterThan(7)
  expect((await verifyAfter(makeOthers, { until: at(hour - 1) })).found).toEqual([])
})

test('with --until, somebody who joins again later was in the room before', async () => {
  const makeOthers = ({ roomId, me, other }: Room): ChatEvent[] => [
    roomCreated(roomId, 'group', [me, other], at(hour)),
  ]

  const { found } = await verifyAfter(makeOthers, { until: at(hour - 1) })

  expect(found).toEqual([])
})
