import { expect, test } from '@jest/globals'
import { readCall } from './call.ts'

const row = { pk: 'USER#ann@example.com', sk: 'ROOM#7' }
const activity = 'group#2024-01-01T00:00:00.000Z#0000000000000009#0000000000000007'
const write = { partition: row.pk, activity }

test('a statement names its partition by a parameter, in either form', () => {
  const update = {
    Statement: 'UPDATE "t" SET activity=? WHERE pk=? AND sk=? AND revision < ?',
    Parameters: [activity, row.pk, row.sk, 42],
  }
  const insert = {
    Statement: `INSERT INTO "t" VALUE {'sk': ?, 'pk': ?, 'activity': ?}`,
    Parameters: [{ S: row.sk }, { S: row.pk }, { S: activity }],
  }
  expect(readCall('BatchExecuteStatement', { Statements: [update, insert] })).toEqual({
    partitions: [row.pk],
    writes: [write, write],
  })
})

test('a transaction writes all its items', () => {
  const total = { pk: row.pk, sk: 'TOTAL#group', activity: 'group#~' }
  expect(
    readCall('TransactWriteItems', {
      TransactItems: [{ Put: { Item: { ...row, activity } } }, { Update: { Key: total } }],
    }),
  ).toEqual({ partitions: [row.pk], writes: [write, { partition: row.pk, activity: undefined }] })
})

test('a read writes nothing', () => {
  const input = { RequestItems: { t: { Keys: [row, { pk: 'ROOM#7', sk: 'ROOM' }] } } }
  expect(readCall('BatchGetItem', input)).toEqual({ partitions: [row.pk, 'ROOM#7'], writes: [] })
})
