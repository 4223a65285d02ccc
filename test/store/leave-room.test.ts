import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  DynamoDBDocumentClient,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { describe, expect, test } from '@jest/globals'
import { store } from '../../lib/deps.ts'
import type { ChatEvent } from '../../lib/domain/events.ts'
import type { RoomType } from '../../lib/domain/room-state.ts'
import {
  apply,
  at,
  freshEmail,
  freshId,
  leave,
  listAll,
  listedRoomIds,
  named,
  posted,
  roomCreated,
  useTable,
} from '../support/world.ts'

useTable()

/** The same table, without what a test puts at the client's edge. */
const direct = DynamoDBDocumentClient.from(new DynamoDBClient())

type Writes = NonNullable<TransactWriteCommandInput['TransactItems']>

/**
 * Runs work whose first transaction that leaves a room is sent by the test instead.
 * @param send answers true where the transaction was sent, false where it is still to be
 */
const withLeaveSentBy = async (
  send: (writes: Writes) => Promise<boolean>,
  work: () => Promise<unknown>,
): Promise<void> => {
  let isFirst = true
  store.client.middlewareStack.add(
    (next) => async (args) => {
      const { TransactItems: writes = [] } = args.input as TransactWriteCommandInput
      if (!isFirst || !JSON.stringify(writes).includes('left_through')) return next(args)
      isFirst = false
      return (await send(writes)) ? ({ output: { $metadata: {} } } as any) : next(args)
    },
    { name: 'leave', step: 'initialize', priority: 'high' },
  )
  try {
    await work()
  } finally {
    store.client.middlewareStack.remove('leave')
  }
}

const othersSeenBy = async (viewer: string, roomId: number): Promise<string[]> =>
  (await listAll(viewer, 'single'))
    .find(({ room_id }) => room_id === roomId)!
    .participants!.map(({ email }) => email)
    .filter((email) => email !== viewer)

describe('a room whose creation has not arrived yet', () => {
  const joined = (room_id: number, email: string, seconds: number): ChatEvent => ({
    type: 'participant.joined',
    occurred_at: at(seconds),
    room_id,
    participant: named(email),
  })
  const leftAndBack = async (roomId: number, me: string): Promise<void> => {
    await apply({ type: 'participant.left', occurred_at: at(2), room_id: roomId, email: me })
    await apply(joined(roomId, me, 3))
  }

  test.each(['single', 'group'] as const)(
    'can be left: as a %s room it is not listed',
    async (type) => {
      const [me, other] = [freshEmail(), freshEmail()]
      const roomId = freshId()
      await leftAndBack(roomId, me)
      await apply(joined(roomId, other, 1))

      await leave(me, roomId)
      await apply(roomCreated(roomId, type, [me, other]))

      expect(await listedRoomIds(me, type)).toEqual([])
      expect(await listedRoomIds(other, type)).toEqual([roomId])
      if (type === 'single') expect(await othersSeenBy(other, roomId)).toEqual([])
    },
  )

  test.each<RoomType>(['single', 'group'])(
    'can be left while it is created as a %s room',
    async (type) => {
      const [me, other] = [freshEmail(), freshEmail()]
      const roomId = freshId()
      await leftAndBack(roomId, me)

      await withLeaveSentBy(
        async () => {
          await apply(roomCreated(roomId, type, [me, other]))
          return false
        },
        () => leave(me, roomId),
      )

      expect(await listedRoomIds(me, type)).toEqual([])
      expect(await listedRoomIds(other, type)).toEqual([roomId])
      if (type === 'single') expect(await othersSeenBy(other, roomId)).toEqual([])
    },
  )
})

/** DynamoDB may show the items of a transaction to a Query one after the other. */
describe('a projection that sees a leave half', () => {
  const leaveShownLate = async (roomId: number, me: string, event: ChatEvent): Promise<void> => {
    await withLeaveSentBy(
      async (writes) => {
        const room = writes.find(({ Update }) => Update?.Key?.['sk'] === 'ROOM')!
        await direct.send(new UpdateCommand(room.Update!))
        await apply(event)
        // The other one's row is newer now than the leave's; the transaction is done all the same.
        const rest = writes.filter((write) => write !== room).filter(({ Put }) => Put === undefined)
        await direct.send(new TransactWriteCommand({ TransactItems: rest }))
        return true
      },
      () => leave(me, roomId),
    )
  }

  test.each<[string, (roomId: number, other: string) => ChatEvent]>([
    ['a comment', (roomId, other) => posted(roomId, 9, other, at(5))],
    [
      'a reading',
      (room_id, email) => ({
        type: 'comment.read',
        occurred_at: at(5),
        room_id,
        comment_id: 9,
        email,
      }),
    ],
    [
      'an update of the room',
      (room_id) => ({ type: 'room.updated', occurred_at: at(5), room_id, room_avatar_url: 'x' }),
    ],
  ])('of %s does not show who has left', async (_, event) => {
    const [me, other] = [freshEmail(), freshEmail()]
    const roomId = freshId()
    await apply(roomCreated(roomId, 'single', [me, other]))

    await leaveShownLate(roomId, me, event(roomId, other))

    expect(await othersSeenBy(other, roomId)).toEqual([])
    expect(await listedRoomIds(me, 'single')).toEqual([])
  })

  test('is put right by a repeated leave, where the first one was stopped before it looked', async () => {
    const [me, other] = [freshEmail(), freshEmail()]
    const roomId = freshId()
    await apply(roomCreated(roomId, 'single', [me, other]))
    store.client.middlewareStack.add(
      (next, context) => (args) =>
        context['commandName'] === 'GetItemCommand'
          ? Promise.reject(new Error('stopped'))
          : next(args),
      { name: 'stop', step: 'initialize', priority: 'high' },
    )
    const event: ChatEvent = {
      type: 'room.updated',
      occurred_at: at(5),
      room_id: roomId,
      room_avatar_url: 'x',
    }
    await expect(leaveShownLate(roomId, me, event)).rejects.toThrow('stopped')
    store.client.middlewareStack.remove('stop')
    const before = await othersSeenBy(other, roomId)

    await leave(me, roomId)

    expect(before).toEqual([me])
    expect(await othersSeenBy(other, roomId)).toEqual([])
  })
})
