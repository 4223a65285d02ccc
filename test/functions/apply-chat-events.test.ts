import { describe, expect, test } from '@jest/globals'
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { findEventExample } from '../../commands/contract/event-examples.ts'
import { handler } from '../../functions/apply-chat-events.ts'
import { eventSchemas } from '../../lib/events/schemas.ts'
import { cancelled, failFirst, withFault } from '../support/faults.ts'
import { listGranted } from '../support/granted-permissions.ts'
import {
  findRow,
  freshEmail,
  freshId,
  freshRoom,
  listAll,
  listedRoomIds,
  useTable,
} from '../support/inbox.ts'
import { listNeeded, notePermissions } from '../support/needed-permissions.ts'
import { quietErrors } from '../support/quiet-errors.ts'

useTable()

const log = quietErrors()

/**
 * Delivers messages m0, m1, … as the queue does, in the form that EventBridge gives them.
 * @returns the ids of the messages that failed
 */
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
  const { batchItemFailures }: SQSBatchResponse = await notePermissions(handler, () =>
    handler({ Records }, context),
  )
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

test('events become rows, even if a comment arrives before its room', async () => {
  const { me, other, roomId } = freshRoom()

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

test('the documented example of every event is applied, and is accepted again', async () => {
  const examples = Object.keys(eventSchemas).map((type) => findEventExample(type))

  const failed: string[] = []
  for (const example of examples) failed.push(...(await deliver([example])))
  failed.push(...(await deliver(examples)))

  expect(failed).toEqual([])
})

describe('a malformed message', () => {
  test('fails at each delivery with its reason in the log, and does not stop other messages', async () => {
    const { me, roomId } = freshRoom()
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

describe('a message with several events', () => {
  const several = (...events: object[]) => entry('events', { events })
  const posted = (room_id: number, email: string) =>
    entry('comment.posted', {
      occurred_at: '2024-01-01T00:00:05Z',
      room_id,
      comment_id: 1,
      email,
      message: 'hello',
    })

  test('is applied as if each event had come alone', async () => {
    const { me, other, roomId } = freshRoom()

    const failed = await deliver([several(created(roomId, me, other), posted(roomId, other))])

    expect(failed).toEqual([])
    expect(await listAll(me, 'group')).toMatchObject([{ room_id: roomId, unread_count: 1 }])
  })

  test('fails for the one that is wrong, which the log names, and the others are applied', async () => {
    const { me, other, roomId } = freshRoom()
    const wrong = entry('comment.read', { room_id: roomId, comment_id: -1, email: me })
    const body = several(created(roomId, me, other), wrong, posted(roomId, other))

    const failed = await deliver([created(freshId(), me), body])

    expect(failed).toEqual(['m1'])
    expect(await listAll(me, 'group')).toHaveLength(2)
    expect((await findRow(me, roomId, 'group'))?.unread_count).toBe(1)
    expect(JSON.parse(log.mock.calls[0]![0])).toEqual({
      level: 'ERROR',
      requestId: 'r1',
      messageId: 'm1',
      event: 'detail.events[1]',
      reason: 'detail.comment_id is less than 1',
    })
  })

  test('fails once for each event that the table refuses, and is delivered again once', async () => {
    const roomId = freshId()
    const single = created(roomId, freshEmail(), freshEmail())
    await deliver([{ ...single, detail: { ...single.detail, room_type: 'single' } }])
    const body = several(created(roomId, freshEmail()), created(roomId, freshEmail()))

    const failed = await deliver([body])

    expect(failed).toEqual(['m0'])
    expect(log.mock.calls.map(([line]) => JSON.parse(line).event)).toEqual([
      'detail.events[0]',
      'detail.events[1]',
    ])
  })

  test.each([
    ['no list', {}, 'detail.events is missing'],
    ['an empty list', { events: [] }, 'detail.events has no event'],
    ['101 events', { events: Array(101).fill({}) }, 'detail.events has more than 100 events'],
  ])('fails with %s', async (_, detail, reason) => {
    expect(await deliver([entry('events', detail)])).toEqual(['m0'])

    expect(JSON.parse(log.mock.calls[0]![0])).toMatchObject({ messageId: 'm0', reason })
  })

  test('takes no list of events within the list', async () => {
    const body = entry('events', { events: [{ 'detail-type': 'events', detail: { events: [] } }] })

    await deliver([body])

    expect(JSON.parse(log.mock.calls[0]![0])).toMatchObject({
      event: 'detail.events[0]',
      reason: expect.stringMatching(/^detail-type "events" is unknown/),
    })
  })
})

describe('an invocation without messages of the queue fails with one line in the log', () => {
  test.each([
    ['null', null],
    ['a string', 'somebody@example.com'],
    ['the test event of the console', {}],
    ['an event of the bus', entry('room.updated', { room_id: 1, room_name: 'somebody' })],
    ['records of another service', { Records: [{ Sns: { Message: 'somebody' } }] }],
    ['records that are null', { Records: [null] }],
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

test('a message that cannot be applied in time fails before the function times out', async () => {
  const { me, roomId } = freshRoom()
  const start = Date.now()

  const failed = await withFault(
    failFirst(Infinity, 'TransactWriteItems', cancelled('TransactionConflict', 'None')),
    () => deliver([created(roomId, me)], 2500),
  )
  const redelivered = await deliver([created(roomId, me)])

  expect(failed).toEqual(['m0'])
  expect(Date.now() - start).toBeLessThan(2500)
  expect(redelivered).toEqual([])
  expect(await listedRoomIds(me, 'group')).toEqual([roomId])
})

test('all calls of these tests together need exactly what the role of the function grants', () => {
  expect(listNeeded(handler)).toEqual(listGranted('apply-chat-events'))
})
