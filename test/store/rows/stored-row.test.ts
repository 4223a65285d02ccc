import { marshall } from '@aws-sdk/util-dynamodb'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { store } from '../../../lib/deps.ts'
import type { InboxRow } from '../../../lib/domain/project-row.ts'
import { projectRow, viewRoom } from '../../../lib/domain/project-row.ts'
import type { RoomType } from '../../../lib/domain/room-type.ts'
import { stamp, toRow, toStored } from '../../../lib/store/rows/stored-row.ts'
import { membersOf } from '../../support/members-of.ts'
import { seededFacts } from '../../support/seed.ts'

const viewer = 'user-000001@example.com'
const emails = [viewer, 'user-000002@example.com']
const makeRow = (type: RoomType) => {
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

  const item = marshall(toStored(viewer, row, 5))

  const { additions, ...fields } = toRow(item)
  expect({ additions, ...fields }).toEqual(row)
  expect(JSON.stringify(fields)).toBe(JSON.stringify(fields, sortedNames(row)))
})

/** The contract's order is the alphabetical one. */
const sortedNames = (row: InboxRow): string[] =>
  [row, ...membersOf(row)].flatMap((each) => Object.keys(each)).sort()

const anyText = fc.string({ unit: 'binary' })
const difficult = fc.constantFrom(
  '"',
  '\\',
  '\\"',
  '\u0000',
  '\u001f\n',
  '\u2028\u2029',
  '\ud800',
  '😀',
  '[',
)
const text = fc.oneof(difficult, anyText)

test('any text is read as it was stored', () => {
  fc.assert(
    fc.property(text, text, text, (message, name, url) => {
      const row = { ...makeRow('single'), last_comment_message: message, room_name: name }
      const participants = membersOf(row).map((each) => ({
        ...each,
        username: name,
        avatar_url: url,
      }))
      const expected = { ...row, participants }

      const stored = JSON.parse(JSON.stringify(marshall(toStored(viewer, expected, 5))))

      expect(toRow(stored)).toEqual(expected)
    }),
  )
})

const storedRow = (type: RoomType, attributes: object) =>
  marshall(
    { ...toStored(viewer, makeRow(type), 5), ...attributes },
    { removeUndefinedValues: true },
  )
const shownOf = (type: RoomType): any[] => JSON.parse(toStored(viewer, makeRow(type), 5).shown)

test.each<[string, RoomType, unknown]>([
  ['is not JSON', 'single', 'secret ['],
  ['is cut off', 'group', '["secret","'],
  ['is not an array', 'group', '{"length":3}'],
  ['is empty', 'group', '[]'],
  ['lacks a field', 'group', JSON.stringify(shownOf('group').slice(0, 2))],
  [
    'has no participants in a personal room',
    'single',
    JSON.stringify(shownOf('group').slice(0, 3)),
  ],
  ['has participants that are no array', 'single', '["secret","","",{}]'],
  ['has a participant that lacks a field', 'single', '["secret","","",[["","","","",""]]]'],
  ['is not a string', 'group', ['secret', '', '']],
])('a row whose shown attribute %s is refused', (_, type, shown) => {
  const item = storedRow(type, { shown })

  const read = () => toRow(item)

  expect(read).toThrow(
    /^the row of room 31387 cannot be read: its attribute shown is missing .* write it anew with npm run rebuild -- --table NAME --room 31387$/,
  )
  expect(read).not.toThrow(/secret|@/)
})

test.each(['single', 'group'] as const)(
  'elements that a newer version appends to a %s row are ignored',
  (type) => {
    const [message, avatarUrl, name, participants, ...additions] = shownOf(type)
    const newer = [
      ...[message, avatarUrl, name],
      participants.map((participant: unknown[]) => [...participant, 'new']),
      ...additions,
      'an element of a newer version',
    ]

    const row = toRow(storedRow(type, { shown: JSON.stringify(newer) }))

    expect(JSON.stringify(row)).toBe(JSON.stringify(toRow(storedRow(type, {}))))
  },
)

test.each(['shown', 'unread_count'])('a row without %s is refused by its name', (name) => {
  const item = storedRow('group', { [name]: undefined })

  expect(() => toRow(item)).toThrow(
    `the row of room 31387 cannot be read: its attribute ${name} is missing`,
  )
})

test('a personal row takes at most 530 bytes, a group row at most 360', () => {
  const sizeOfRow = (type: RoomType) => sizeOf(stamp(store, toStored(viewer, makeRow(type), 5)))

  expect(sizeOfRow('single')).toBeLessThanOrEqual(530)
  expect(sizeOfRow('group')).toBeLessThanOrEqual(360)
})
