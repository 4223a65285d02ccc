import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { store } from '../../../lib/deps.ts'
import { ConditionFailed } from '../../../lib/store/errors.ts'
import { makeUpdate } from '../../../lib/store/facts/update-of-fact.ts'
import { at } from '../../support/events.ts'
import { freshId, useTable } from '../../support/inbox.ts'

useTable()

interface Joining {
  joined_at: string
  email: string
  id: number
}

/** Few values, so that many are equal. Some are greater in UTF-16 and less in UTF-8. */
const joining: fc.Arbitrary<Joining> = fc.record({
  joined_at: fc.constantFrom('1', '2'),
  email: fc.constantFrom('', 'a', '～', '😀'),
  id: fc.constantFrom(0, 1, 10),
})

const isGreater = (a: Joining, b: Joining): boolean =>
  (Buffer.compare(Buffer.from(a.joined_at), Buffer.from(b.joined_at)) ||
    Buffer.compare(Buffer.from(a.email), Buffer.from(b.email)) ||
    a.id - b.id) > 0

test('the greatest group of attributes is kept, in any order of the updates', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(joining, { minLength: 1, maxLength: 6 }), async (groups) => {
      const Key = { pk: `test-${freshId()}`, sk: 'x' }
      let Attributes: Record<string, unknown> | undefined
      for (const group of groups) {
        const update = makeUpdate([
          { rule: 'newest', item: 'participant', key: Key, group: { ...group } },
        ])
        const answer = await store.client
          .send(
            new UpdateCommand({ TableName: store.tableName, ...update, ReturnValues: 'ALL_NEW' }),
          )
          .catch((error: unknown) => {
            expect(error).toBeInstanceOf(ConditionFailed)
            return undefined
          })
        Attributes = answer?.Attributes ?? Attributes
      }

      const greatest = groups.reduce((a, b) => (isGreater(b, a) ? b : a))
      expect(Attributes).toEqual({ ...Key, ...greatest })
    }),
    { numRuns: 50 },
  )
})

test('a newer group removes the attributes that it names', async () => {
  const Key = { pk: `test-${freshId()}`, sk: 'x' }
  const send = (input: object) =>
    store.client.send(
      new UpdateCommand({ TableName: store.tableName, Key, ...input, ReturnValues: 'ALL_NEW' }),
    )
  await send({
    UpdateExpression: 'SET left_through = :m',
    ExpressionAttributeValues: { ':m': 'api' },
  })

  const { Attributes } = await send(
    makeUpdate([
      {
        rule: 'newest',
        item: 'participant',
        key: Key,
        group: { left_at: at(1) },
        remove: ['left_through'],
      },
    ]),
  )

  expect(Attributes).toEqual({ ...Key, left_at: at(1) })
})
