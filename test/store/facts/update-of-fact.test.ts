import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { store } from '../../../lib/deps.ts'
import type { Values } from '../../../lib/domain/fact-groups.ts'
import { ConditionFailed } from '../../../lib/store/errors.ts'
import { makeUpdate } from '../../../lib/store/facts/update-of-fact.ts'
import { at } from '../../support/events.ts'
import { freshId, useTable } from '../../support/inbox.ts'

useTable()

type Join = Values<'participant', 'join'>

/** Few values, so that many are equal. Some are greater in UTF-16 and less in UTF-8. */
const join: fc.Arbitrary<Join> = fc.record({
  joined_at: fc.constantFrom('1', '2'),
  position: fc.constantFrom(0, 1, 10),
  id: fc.constantFrom(0, 1, 10),
  email: fc.constantFrom('', 'a', '～', '😀'),
})

const isGreater = (a: Join, b: Join): boolean =>
  (Buffer.compare(Buffer.from(a.joined_at), Buffer.from(b.joined_at)) ||
    a.position - b.position ||
    a.id - b.id ||
    Buffer.compare(Buffer.from(a.email), Buffer.from(b.email))) > 0

test('the greatest group of attributes is kept, in any order of the updates', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(join, { minLength: 1, maxLength: 6 }), async (groups) => {
      const Key = { pk: `test-${freshId()}`, sk: 'x' }
      let Attributes: Record<string, unknown> | undefined
      for (const group of groups) {
        const update = makeUpdate([{ kind: 'participant', group: 'join', key: Key, values: group }])
        const response = await store.client
          .send(
            new UpdateCommand({ TableName: store.tableName, ...update, ReturnValues: 'ALL_NEW' }),
          )
          .catch((error: unknown) => {
            expect(error).toBeInstanceOf(ConditionFailed)
            return undefined
          })
        Attributes = response?.Attributes ?? Attributes
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
    makeUpdate([{ kind: 'participant', group: 'leave', key: Key, values: { left_at: at(1) } }]),
  )

  expect(Attributes).toEqual({ ...Key, left_at: at(1) })
})
