import { describe, expect, test } from '@jest/globals'
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { handler } from '../../functions/apply-chat-events.ts'
import { cancelled, failing, withFault } from '../support/faults.ts'
import { freshEmail, freshId, listAll, listedRoomIds, useTable } from '../support/world.ts'
import { quietErrors } from '../support/quiet-errors.ts'

useTable()

const log = quietErrors()

/** The queue's messages m0, m1, … as EventBridge puts them there; returns those to be delivered again. */
const deliver = async (bodies: unknown[], timeLeftMs = 60_000): Promise<string[]> => {
  const end = Date.now() + timeLeftMs
  const Records = bodies.map((body, index) => ({
    messageId: `m${index}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })) as SQSEvent['Records']
  const context = {
    awsRequestId: 'r1',
    getRemainingTimeInMillis: () => end - Date.now(),
  } as Context
  const { batchItemFailures }: SQSBatchResponse = await handler({ Records }, context)
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)
}

const entry = (type: string, detail: Record<string, unknown>) => ({
  version: '0',
  id: 'e',
  source: 'chat',
  'detail-type': type,
  detail: { occurred_at: '2024-01-01T00:00:00Z', ...detail },
})
const created = (room_id: number, ...emails: string[]) =>
  entry('room.created', {
    room_id,
    room_type: 'group',
    room_name: 'trip',
    room_avatar_url: '',
    participants: emails.map((email) => ({ id: 1, email, username: email, avatar_url: '' })),
  })

test('events become rows, a comment that comes before its room included', async () => {
  const [me, other, roomId] = [freshEmail(), freshEmail(), freshId()]

  const first = await deliver([
    entry('comment.posted', {
      occurred_at: '2024-01-01T00:00:05Z',
      room_id: roomId,
      comment_id: 3,
      email: other,
      message: 'early',
    }),
  ])
  const second = await deliver([created(roomId, me, other)])

  expect([first, second]).toEqual([[], []])
  expect(await listAll(me, 'group')).toMatchObject([
    { room_id: roomId, last_comment_message: 'early', unread_count: 1 },
  ])
})

describe('what is malformed', () => {
  test('is reported each time, with its reason in the log, and holds nothing else back', async () => {
    const [me, roomId] = [freshEmail(), freshId()]
    const bodies = [
      '{not json',
      entry('comment.liked', {}),
      created(roomId, me),
      entry('comment.read', { room_id: roomId, comment_id: -1, email: me }),
    ]

    const first = await deliver(bodies)
    const second = await deliver(bodies)

    expect(first).toEqual(['m0', 'm1', 'm3'])
    expect(second).toEqual(first)
    expect(await listedRoomIds(me, 'group')).toEqual([roomId])
    const lines = log.mock.calls.map(([line]) => JSON.parse(line))
    expect(lines.slice(0, 3)).toEqual([
      { level: 'ERROR', requestId: 'r1', messageId: 'm0', reason: 'the message is not JSON' },
      {
        level: 'ERROR',
        requestId: 'r1',
        messageId: 'm1',
        reason: expect.stringMatching(/^detail-type "comment.liked" is unknown/),
      },
      {
        level: 'ERROR',
        requestId: 'r1',
        messageId: 'm3',
        reason: 'detail.comment_id is less than 1',
      },
    ])
  })
})

describe('an event that is no batch of the queue fails, with its cause in one line of the log:', () => {
  test.each([
    ['null', null],
    ['a string', 'somebody@example.com'],
    ['what the console’s Test button sends', {}],
    ['an event of the bus', entry('room.updated', { room_id: 1, room_name: 'somebody' })],
    ['records of another service', { Records: [{ Sns: { Message: 'somebody' } }] }],
    ['records that are none', { Records: [null] }],
  ])('%s', async (_, event) => {
    const context = { awsRequestId: 'r1', getRemainingTimeInMillis: () => 60_000 } as Context

    await expect(handler(event as SQSEvent, context)).rejects.toThrow(/no "Records" list/)

    expect(log.mock.calls.map(([line]) => JSON.parse(line))).toEqual([
      {
        level: 'ERROR',
        requestId: 'r1',
        reason: expect.stringMatching(/messages of its SQS queue/),
      },
    ])
    expect(String(log.mock.calls)).not.toContain('somebody')
  })
})

test('what cannot be done in time is reported before the function is out of time', async () => {
  const [me, roomId] = [freshEmail(), freshId()]
  const start = Date.now()

  const failed = await withFault(
    failing(Infinity, 'TransactWriteItemsCommand', cancelled('TransactionConflict', 'None')),
    () => deliver([created(roomId, me)], 2500),
  )
  const healed = await deliver([created(roomId, me)])

  expect(failed).toEqual(['m0'])
  expect(Date.now() - start).toBeLessThan(2500)
  expect(healed).toEqual([])
  expect(await listedRoomIds(me, 'group')).toEqual([roomId])
})
