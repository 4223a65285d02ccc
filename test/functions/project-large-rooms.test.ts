import { expect, test } from '@jest/globals'
import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { handler } from '../../functions/project-large-rooms.ts'
import { store } from '../../lib/deps.ts'
import type { ChatEvent } from '../../lib/domain/events.ts'
import { formatProjection } from '../../lib/events/projections.ts'
import { applyEvents } from '../../lib/store/apply-events.ts'
import { roomKey } from '../../lib/store/keys.ts'
import { noteCalls } from '../support/calls.ts'
import { at, posted, roomCreated } from '../support/events.ts'
import { withFault, withStopInBatch } from '../support/faults.ts'
import { listGranted } from '../support/granted-permissions.ts'
import { findRow, freshEmails, freshId, useTable } from '../support/inbox.ts'
import { listNeeded, notePermissions } from '../support/needed-permissions.ts'
import { quietErrors } from '../support/quiet-errors.ts'

useTable()

const log = quietErrors()

/** Applies events, with groups of more than two people as large ones. @returns the bodies of the messages */
const apply = async (...events: ChatEvent[]): Promise<string[]> => {
  const bodies: string[] = []
  const request = async (roomId: number, revision: number) => {
    await Promise.resolve()
    bodies.push(formatProjection(roomId, revision))
  }
  const { outcomes } = await applyEvents(store, events, { above: 2, request })
  expect(outcomes).toEqual(events.map(() => undefined))
  return bodies
}

/** A large group with a comment, and the message that requests its projection. */
const createGroup = async () => {
  const roomId = freshId()
  const people = freshEmails(4)
  const [body] = await apply(
    roomCreated(roomId, 'group', people),
    posted(roomId, 1, people[0]!, at(1)),
  )
  return { roomId, people, body: body! }
}

const shownTo = (people: string[], roomId: number) =>
  Promise.all(people.map(async (email) => (await findRow(email, roomId, 'group'))?.last_comment_id))

/**
 * Delivers messages m0, m1, … as the queue does.
 * @returns the ids of the messages that failed
 */
const deliver = async (
  bodies: string[],
  { receives = [1], timeLeftMs = 60_000 } = {},
): Promise<string[]> => {
  const end = Date.now() + timeLeftMs
  const Records = bodies.map((body, index) => ({
    messageId: `m${index}`,
    body,
    attributes: { ApproximateReceiveCount: String(receives[index] ?? 1) },
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

const loggedErrors = () => log.mock.calls.map(([line]) => JSON.parse(line))

test('all messages of a group in a batch are one projection', async () => {
  const { roomId, people, body } = await createGroup()
  const [second] = await apply(posted(roomId, 2, people[0]!, at(2)))

  const calls = await noteCalls(() => deliver([body, second!]))

  expect(await shownTo(people, roomId)).toEqual([2, 2, 2, 2])
  expect(calls.filter(({ command }) => command === 'Query')).toHaveLength(1)
})

test('malformed messages fail alone, each with its reason in the log', async () => {
  const { roomId, people, body } = await createGroup()
  const malformed = ['{', '{"room_id":"7","revision":1}', '{"room_id":7}', '[]', 'null']

  const failed = await deliver([...malformed, body])

  expect(failed).toEqual(['m0', 'm1', 'm2', 'm3', 'm4'])
  expect(await shownTo(people, roomId)).toEqual([1, 1, 1, 1])
  expect(loggedErrors().map(({ messageIds, reason }) => [messageIds, reason])).toEqual([
    [['m0'], 'the message is not JSON'],
    [['m1'], 'message.room_id is not a number'],
    [['m2'], 'message.revision is missing'],
    [['m3'], 'message.room_id is missing'],
    [['m4'], 'message is not an object'],
  ])
})

test('a group whose stored room is damaged fails alone, and the log names it', async () => {
  const damaged = await createGroup()
  const { roomId, people, body } = await createGroup()
  await store.client.send(
    new UpdateCommand({
      TableName: store.tableName,
      Key: roomKey(damaged.roomId),
      UpdateExpression: 'SET #type = :type',
      ExpressionAttributeNames: { '#type': 'type' },
      ExpressionAttributeValues: { ':type': 'channel' },
    }),
  )

  expect(await deliver([damaged.body, body])).toEqual(['m0'])

  expect(await shownTo(people, roomId)).toEqual([1, 1, 1, 1])
  expect(loggedErrors()).toMatchObject([
    {
      roomId: damaged.roomId,
      messageIds: ['m0'],
      reason: [expect.stringContaining('is stored with the type')],
    },
  ])
})

test('a projection that stops in the middle fails, and its retry writes the rest', async () => {
  const { roomId, people, body } = await createGroup()
  await deliver([body])
  const [second] = await apply(posted(roomId, 2, people[0]!, at(2)))

  const failed = await withStopInBatch(2, () => deliver([second!]))
  const retried = await deliver([second!], { receives: [2] })

  expect([failed, retried]).toEqual([['m0'], []])
  expect(await shownTo(people, roomId)).toEqual([2, 2, 2, 2])
})

test('a retry beside a newer message is a projection of its own, so that it gets finished', async () => {
  const { roomId, people, body } = await createGroup()
  await deliver([body])
  const [second] = await apply(posted(roomId, 2, people[0]!, at(2)))
  await withStopInBatch(2, () => deliver([second!]))
  const [third] = await apply(posted(roomId, 3, people[0]!, at(3)))
  // The retry writes what is left, then the projection for the newer message fails.
  let calls = 0
  const stopAgain = ({ command }: { command: string }) =>
    command === 'Query' && (calls += 1) === 2 ? new Error('crash') : undefined

  const failed = await withFault(stopAgain, () => deliver([second!, third!], { receives: [2, 1] }))

  expect(failed).toEqual(['m1'])
  expect(await deliver([third!], { receives: [2] })).toEqual([])
  expect(await shownTo(people, roomId)).toEqual([3, 3, 3, 3])
})

test('without time left, every message fails, and is delivered again', async () => {
  const { roomId, people, body } = await createGroup()

  expect(await deliver([body], { timeLeftMs: 0 })).toEqual(['m0'])
  expect(await deliver([body], { receives: [2] })).toEqual([])

  expect(await shownTo(people, roomId)).toEqual([1, 1, 1, 1])
})

test('the log has no address', async () => {
  const { people, body } = await createGroup()

  await withFault(
    () => new Error('crash'),
    () => deliver([body]),
  )

  const lines = log.mock.calls.map(([line]) => String(line)).join('\n')
  for (const email of people) expect(lines).not.toContain(email)
})

test("the console's test event is refused, with what the function expects", async () => {
  const event = { key1: 'value1' } as unknown as SQSEvent

  await expect(handler(event, { awsRequestId: 'r1' } as Context)).rejects.toThrow(
    'this function projects the large groups that its SQS queue names: the event has no "Records" list of messages, so put chat events on the event bus',
  )
})

test('all calls of these tests together need exactly what the role of the function grants', () => {
  expect(listNeeded(handler)).toEqual(listGranted('project-large-rooms'))
})
