import { setTimeout } from 'node:timers/promises'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { expect, test } from '@jest/globals'
import { limitCallsInFlight } from '../../lib/dynamodb/in-flight.ts'
import { roomCreated } from '../support/events.ts'
import { apply, freshEmails, freshId, useTable } from '../support/inbox.ts'
import { intercept } from '../support/intercept.ts'

useTable()

test('calls in flight stay within the limit, and every call is sent', async () => {
  const client = new DynamoDBClient()
  limitCallsInFlight(client, 5)
  let inFlight = 0
  let most = 0
  client.middlewareStack.add(
    () => async () => {
      inFlight += 1
      most = Math.max(most, inFlight)
      await setTimeout(1)
      inFlight -= 1
      return { output: { $metadata: {} }, response: undefined }
    },
    { step: 'finalizeRequest', priority: 'high' },
  )

  const calls = Array.from({ length: 60 }, () => client.send(new ListTablesCommand()))

  expect(await Promise.all(calls)).toHaveLength(60)
  expect(most).toBe(5)
})

test('a batch that creates large groups stays within the limit of calls in flight', async () => {
  let inFlight = 0
  let most = 0
  const members = freshEmails(25)
  const creations = Array.from({ length: 8 }, () => roomCreated(freshId(), 'group', members))

  await intercept(
    ({ send }) => {
      inFlight += 1
      most = Math.max(most, inFlight)
      return send().finally(() => (inFlight -= 1))
    },
    () => apply(...creations),
    { step: 'finalizeRequest', priority: 'low' },
  )

  expect(most).toBeGreaterThan(30)
  expect(most).toBeLessThanOrEqual(50)
})
