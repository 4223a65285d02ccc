import { setTimeout } from 'node:timers/promises'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { expect, test } from '@jest/globals'
import { store } from '../../lib/deps.ts'
import { limitCallsInFlight } from '../../lib/store/in-flight.ts'
import { apply, freshEmail, freshId, roomCreated, useTable } from '../support/world.ts'

useTable()

test('no more calls are in flight than allowed, and every call is sent', async () => {
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

test('many creations of large groups in one batch wait for no socket', async () => {
  let inFlight = 0
  let most = 0
  store.client.middlewareStack.add(
    (next) => async (args) => {
      inFlight += 1
      most = Math.max(most, inFlight)
      return next(args).finally(() => (inFlight -= 1))
    },
    { name: 'count', step: 'finalizeRequest', priority: 'low' },
  )
  const members = Array.from({ length: 25 }, () => freshEmail())
  const creations = Array.from({ length: 8 }, () => roomCreated(freshId(), 'group', members))

  await apply(...creations)
  store.client.middlewareStack.remove('count')

  expect(most).toBeGreaterThan(30)
  expect(most).toBeLessThanOrEqual(50)
})
