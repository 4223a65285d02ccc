import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { store } from '../../lib/deps.ts'
import { ConditionFailed } from '../../lib/store/errors.ts'
import { updateOf } from '../../lib/store/expressions.ts'
import { freshId, useTable } from '../support/world.ts'

useTable()

interface Group extends Record<string, string | number> {
  at: string
  text: string
  count: number
}

/** Few values, so that many are the same; some are greater in UTF-16 and less in UTF-8. */
const group: fc.Arbitrary<Group> = fc.record({
  at: fc.constantFrom('1', '2'),
  text: fc.constantFrom('', 'a', '～', '😀'),
  count: fc.constantFrom(0, 1, 10),
})

const greater = (a: Group, b: Group): boolean =>
  (Buffer.compare(Buffer.from(a.at), Buffer.from(b.at)) ||
    Buffer.compare(Buffer.from(a.text), Buffer.from(b.text)) ||
    a.count - b.count) > 0

test('of any groups in any order the greatest stays, compared from its first attribute on', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(group, { minLength: 1, maxLength: 6 }), async (groups) => {
      const Key = { pk: `test-${freshId()}`, sk: 'x' }
      let Attributes: Record<string, unknown> | undefined
      for (const each of groups) {
        const update = updateOf({ rule: 'newest', key: Key, group: { ...each } })
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

      const greatest = groups.reduce((a, b) => (greater(b, a) ? b : a))
      expect(Attributes).toEqual({ ...Key, ...greatest })
    }),
    { numRuns: 50 },
  )
})

test('a newer group removes the attributes that it names', async () => {
  const Key = { pk: `test-${freshId()}`, sk: 'x' }
  const send = (input: object) =>
    store.client.send(
      new UpdateCommand({ TableName: store.tableName, Key, ReturnValues: 'ALL_NEW', ...input }),
    )
  await send({ UpdateExpression: 'SET mark = :m', ExpressionAttributeValues: { ':m': 1 } })

  const { Attributes } = await send(
    updateOf({ rule: 'newest', key: Key, group: { at: '1' }, remove: ['mark'] }),
  )

  expect(Attributes).toEqual({ ...Key, at: '1' })
})
