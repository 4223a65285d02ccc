import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { expect, test } from '@jest/globals'
import { store } from '../../lib/deps.ts'
import { totalKey } from '../../lib/store/keys.ts'
import { transact } from '../../lib/store/transact.ts'
import { failFirst, timedOut, withFault } from '../support/faults.ts'
import { freshEmail, readItem, useTable } from '../support/inbox.ts'

useTable()

/** The input of a write that takes effect each time it is sent. */
const makeCount = (viewer: string) => ({
  TableName: store.tableName,
  Key: totalKey(viewer, 'group'),
  UpdateExpression: 'ADD #total :one',
  ExpressionAttributeNames: { '#total': 'total' },
  ExpressionAttributeValues: { ':one': 1 },
})

test('a transaction that is sent again because its response was lost counts once', async () => {
  const viewer = freshEmail()

  await withFault(
    failFirst(1, 'TransactWriteItems', timedOut),
    () => transact(store, [{ Update: makeCount(viewer) }]),
    'after',
  )

  expect(await readItem(totalKey(viewer, 'group'))).toMatchObject({ total: 1 })
})

test('the same write outside a transaction would count twice', async () => {
  const viewer = freshEmail()

  await withFault(
    failFirst(1, 'UpdateItem', timedOut),
    () => store.client.send(new UpdateCommand(makeCount(viewer))),
    'after',
  )

  expect(await readItem(totalKey(viewer, 'group'))).toMatchObject({ total: 2 })
})

test('two transactions count twice, even if they are equal', async () => {
  const viewer = freshEmail()

  await transact(store, [{ Update: makeCount(viewer) }])
  await transact(store, [{ Update: makeCount(viewer) }])

  expect(await readItem(totalKey(viewer, 'group'))).toMatchObject({ total: 2 })
})
