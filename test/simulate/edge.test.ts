import { expect, test } from '@jest/globals'
import { BatchExecuteStatementCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { store } from '../../lib/deps.ts'
import { makeClient } from '../../lib/dynamodb/client.ts'
import { putItems } from '../support/put-items.ts'
import { useTable } from '../support/inbox.ts'
import type { Write } from './call.ts'
import { Capacity } from './capacity.ts'
import { VirtualClock } from './clock.ts'
import { PartitionOrder, simulateEdge } from './edge.ts'

useTable()

/** A client of a table that takes the units of some partitions only, and what it has written. */
const simulatedClient = (partitions: Record<string, number>) => {
  const clock = new VirtualClock()
  const capacity = new Capacity(clock, {
    table: undefined,
    partitions: new Map(Object.entries(partitions)),
  })
  const written: Write[] = []
  const client = makeClient()
  simulateEdge(
    client,
    {
      clock,
      random: () => 0.5,
      capacity,
      order: new PartitionOrder(),
      onWritten: (write) => written.push(write),
    },
    1769,
  )
  return { client: DynamoDBDocumentClient.from(client), clock, capacity, written }
}

test('each statement of a batch succeeds, fails or is throttled on its own', async () => {
  const rowOf = (name: string) => ({ pk: `USER#${name}@example.com`, sk: 'ROOM#7', revision: 1 })
  const [ann, ben, cara] = [rowOf('ann'), rowOf('ben'), rowOf('cara')]
  await putItems(store, [ann, ben, cara])
  const { client, clock, capacity, written } = simulatedClient({ [ben.pk]: 0 })
  const update = ({ pk, sk }: Row, newerThan: number) => ({
    Statement: `UPDATE "${store.tableName}" SET revision=? WHERE pk=? AND sk=? AND revision < ?`,
    Parameters: [9, pk, sk, newerThan],
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  })
  let responses: unknown
  void client
    .send(
      new BatchExecuteStatementCommand({
        Statements: [update(ann, 9), update(ben, 9), update(cara, 1)],
      }),
    )
    .then(({ Responses }) => (responses = Responses))
  await clock.runUntil(() => responses !== undefined)

  expect(responses).toEqual([
    expect.not.objectContaining({ Error: expect.anything() }),
    { Error: { Code: 'ThrottlingError', Message: expect.any(String) } },
    expect.objectContaining({
      Error: expect.objectContaining({ Code: 'ConditionalCheckFailed' }),
    }),
  ])
  expect(written).toEqual([{ partition: ann.pk, activity: undefined }])
  expect(capacity.throttled).toBe(1)
  client.destroy()
})

/** Its key. */
type Row = Record<'pk' | 'sk', string>
