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
import { recordEvent } from '../../lib/store/facts/record-event.ts'
import type { Item } from '../support/put-items.ts'
import { at, inAMinute, joined, left, muted, posted, read, roomCreated } from '../support/events.ts'
import {
  apply,
  createRoom,
  freshEmail,
  freshRoom,
  leave,
  listedRoomIds,
  shownParticipants,
  useTable,
} from '../support/inbox.ts'
import { intercept } from '../support/intercept.ts'
import { expectAlsoAfterNextEvent } from '../support/next-event.ts'

useTable()

/** A client whose calls no test intercepts. */
const direct = DynamoDBDocumentClient.from(new DynamoDBClient())

type Writes = NonNullable<TransactWriteCommandInput['TransactItems']>

/**
 * Runs work and intercepts its first transaction that leaves a room.
 * @param onLeave returns whether it wrote the transaction itself; if not, the transaction is sent
 */
const interceptLeave = async (
  onLeave: (writes: Writes) => Promise<boolean>,
  work: () => Promise<void>,
): Promise<void> => {
  let isFirst = true
  await intercept(async ({ input, send }) => {
    const { TransactItems: writes = [] } = input as unknown as TransactWriteCommandInput
    if (!isFirst || !JSON.stringify(writes).includes('left_through')) return send()
    isFirst = false
    return (await onLeave(writes)) ? { output: { $metadata: {} } } : send()
  }, work)
}

describe('a participant of a room that is not created yet', () => {
  const joinAgain = async (roomId: number, me: string): Promise<void> => {
    await apply(left(roomId, me, at(2)))
    await apply(joined(roomId, me, at(3)))
  }

  test.each(['single', 'group'] as const)(
    'can leave it, and does not see it once it is created as a %s room',
    async (type) => {
      const { me, other, roomId } = freshRoom()
      await joinAgain(roomId, me)
      await apply(joined(roomId, other, at(1)))

      await leave(me, roomId)
      await apply(roomCreated(roomId, type, [me, other]))

      expect(await listedRoomIds(me, type)).toEqual([])
      expect(await listedRoomIds(other, type)).toEqual([roomId])
      if (type === 'single') expect(await shownParticipants(other, roomId)).toEqual([other])
    },
  )

  test.each(['single', 'group'] as const)(
    'can leave it at the moment when it is created as a %s room',
    async (type) => {
      const { me, other, roomId } = freshRoom()
      await joinAgain(roomId, me)

      await interceptLeave(
        async () => {
          await apply(roomCreated(roomId, type, [me, other]))
          return false
        },
        () => leave(me, roomId),
      )

      await expectAlsoAfterNextEvent([roomId], async () => {
        expect(await listedRoomIds(me, type)).toEqual([])
        expect(await listedRoomIds(other, type)).toEqual([roomId])
        if (type === 'single') expect(await shownParticipants(other, roomId)).toEqual([other])
      })
    },
  )
})

describe('a projection that reads a half-written leave', () => {
  /** A Query of DynamoDB may see some items of a transaction before the others. */
  const applyDuringLeave = (event: ChatEvent, roomId: number, me: string): Promise<void> =>
    interceptLeave(
      async (writes) => {
        const room = writes.find(({ Update }) => Update?.Key?.['sk'] === 'ROOM')!
        await direct.send(new UpdateCommand(room.Update!))
        await apply(event)
        // The event wrote a newer row for the other person, so the leave's row is not written.
        const rest = writes.filter((write) => write !== room).filter(({ Put }) => Put === undefined)
        await direct.send(new TransactWriteCommand({ TransactItems: rest }))
        return true
      },
      () => leave(me, roomId),
    )

  const roomUpdated = (room_id: number): ChatEvent => ({
    type: 'room.updated',
    occurred_at: at(5),
    room_id,
    room_avatar_url: 'x',
  })

  test.each<[string, (roomId: number, other: string) => ChatEvent]>([
    ['a comment', (roomId, other) => posted(roomId, 9, other, at(5))],
    ['a read', (roomId, other) => read(roomId, 9, other, at(5))],
    ['an update of the room', roomUpdated],
  ])('for %s does not bring the participant back', async (_, makeEvent) => {
    const { me, other, roomId } = await createRoom('single')

    await applyDuringLeave(makeEvent(roomId, other), roomId, me)

    await expectAlsoAfterNextEvent([roomId], async () => {
      expect(await shownParticipants(other, roomId)).toEqual([other])
      expect(await listedRoomIds(me, 'single')).toEqual([])
    })
  })

  test('is corrected by a repeated leave if the first one stopped after its transaction', async () => {
    const { me, other, roomId } = await createRoom('single')
    const stopped = intercept(
      ({ command, send }) =>
        command === 'GetItem' ? Promise.reject(new Error('stopped')) : send(),
      () => applyDuringLeave(roomUpdated(roomId), roomId, me),
    )
    await expect(stopped).rejects.toThrow('stopped')
    const before = await shownParticipants(other, roomId)

    await leave(me, roomId)

    expect(before).toEqual([me, other])
    await expectAlsoAfterNextEvent([roomId], async () => {
      expect(await shownParticipants(other, roomId)).toEqual([other])
    })
  })
})

test.each(['single', 'group'] as const)(
  'a caller can leave a %s room although an event has recorded a leave ahead of the clock and written no row',
  async (type) => {
    const { me, roomId } = await createRoom(type)
    await recordEvent(store, left(roomId, me, inAMinute()))

    await leave(me, roomId)

    await expectAlsoAfterNextEvent([roomId], async () => {
      expect(await listedRoomIds(me, type)).toEqual([])
    })
  },
)

test.each([
  ['nothing', []],
  ['a flag alone', ['muted', 'muted_as_of']],
])(
  'a leave that reads the row of a join and, of the participant, %s, reads again',
  async (_, known) => {
    const { me, roomId } = await createRoom('group')
    await apply(muted(roomId, me, at(1)))
    let reads = 0

    await intercept(
      async ({ command, send }) => {
        const response = await send()
        if (command !== 'BatchGetItem') return response
        reads += 1
        if (reads > 1) return response
        const { Responses } = response.output as { Responses: Record<string, Item[]> }
        // The items of a batch are read at different moments.
        const older = Responses[store.tableName]!.flatMap((item) => {
          if (!JSON.stringify(item['sk']).includes('PARTICIPANT#')) return item
          if (known.length === 0) return []
          return Object.fromEntries(['pk', 'sk', ...known].map((name) => [name, item[name]]))
        })
        return {
          ...response,
          output: { ...response.output, Responses: { [store.tableName]: older } },
        }
      },
      () => leave(me, roomId),
    )

    expect(reads).toBe(2)
    expect(await listedRoomIds(me, 'group')).toEqual([])
  },
)

test('somebody of whom a leave is known and no join has left', async () => {
  const { roomId } = await createRoom('group')
  const stranger = freshEmail()
  await apply(left(roomId, stranger, at(1)))

  await leave(stranger, roomId)

  expect(await listedRoomIds(stranger, 'group')).toEqual([])
})

test.each(['single', 'group'] as const)(
  'a caller who joins a %s room again while leaving it has left it',
  async (type) => {
    const { me, other, roomId } = await createRoom(type)

    await interceptLeave(
      async () => {
        await apply(joined(roomId, me, inAMinute()))
        return false
      },
      () => leave(me, roomId),
    )

    await expectAlsoAfterNextEvent([roomId], async () => {
      expect(await listedRoomIds(me, type)).toEqual([])
      expect(await listedRoomIds(other, type)).toEqual([roomId])
    })
  },
)
