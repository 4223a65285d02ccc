import { marshall } from '@aws-sdk/util-dynamodb'
import { expect, test } from '@jest/globals'
import { projectRow, viewRoom } from '../../../lib/domain/project-row.ts'
import { type ListedItem, toRow, toStored } from '../../../lib/store/rows/stored-row.ts'
import { seededFacts } from '../../support/seed.ts'

const emails = ['user-000001@example.com', 'user-000002@example.com']
const makeRow = (type: 'single' | 'group') => {
  const facts = seededFacts({ room_id: 31387, type, participants: emails, comments: 100 })
  return projectRow(viewRoom(facts), facts.participants[0]!)!
}

/** The size of an item in bytes, as DynamoDB counts it. */
const sizeOf = (value: unknown): number => {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (typeof value === 'number') return Math.ceil(String(value).length / 2) + 1
  const entries = Array.isArray(value)
    ? value.map((each) => ['', each] as const)
    : Object.entries(value as object)
  return 3 + entries.reduce((sum, [name, each]) => sum + 1 + name.length + sizeOf(each), 0)
}

test.each(['single', 'group'] as const)('a %s row is read as it was stored', (type) => {
  const row = makeRow(type)

  const item = marshall(toStored(emails[0]!, row, 5))

  expect(toRow(item as ListedItem)).toEqual(row)
})

test('a personal row takes less than 800 bytes, a group row less than 380', () => {
  expect(sizeOf(toStored(emails[0]!, makeRow('single'), 5))).toBeLessThan(800)
  expect(sizeOf(toStored(emails[0]!, makeRow('group'), 5))).toBeLessThan(380)
})
