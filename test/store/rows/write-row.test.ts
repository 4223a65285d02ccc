import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { describe, expect, test } from '@jest/globals'
import type { InboxRow } from '../../../lib/domain/inbox-row.ts'
import { store } from '../../../lib/deps.ts'
import { parseRowRoomId, totalKey } from '../../../lib/store/keys.ts'
import { toStored } from '../../../lib/store/rows/stored-row.ts'
import { type NewRow, writeListedRow, writeTombstone } from '../../../lib/store/rows/write-row.ts'
import { at } from '../../support/events.ts'
import { freshEmail, freshId, readItem, useTable } from '../../support/inbox.ts'

useTable()

/** The row of a group, of revision 7, for somebody who joined at second 5. */
const makeRow = (): NewRow => {
  const viewer = freshEmail()
  const shown: InboxRow = {
    room_id: freshId(),
    room_type: 'group',
    room_name: 'group',
    room_avatar_url: '',
    unread_count: 0,
    last_comment_id: 0,
    last_comment_message: '',
    last_comment_timestamp: at(5),
  }
  return { viewer, row: toStored({ key: viewer, muted: false }, shown, 7), joinedAt: at(5) }
}

const keyOf = ({ row: { pk, sk } }: NewRow) => ({ pk, sk })
const readTotal = ({ viewer }: NewRow) => readItem(totalKey(viewer, 'group'))

const put = (item: Record<string, unknown>) =>
  store.client.send(new PutCommand({ TableName: store.tableName, Item: item }))

describe('a row that its writer takes for unlisted', () => {
  test.each([
    ['a later leave', { left_at: at(6), revision: 3 }],
    ['a leave at the time of the joining', { left_at: at(5), revision: 3 }],
    ['the tombstone of the same revision', { left_at: at(4), revision: 7 }],
    ['the tombstone of a higher revision', { left_at: at(4), revision: 8 }],
  ])('is not written over %s', async (_, tombstone) => {
    const newRow = makeRow()
    const stored = { ...keyOf(newRow), ...tombstone }
    await put(stored)

    const isWritten = await writeListedRow(store, newRow, {})

    expect(isWritten).toBe(false)
    expect(await readItem(keyOf(newRow))).toEqual(stored)
    expect(await readTotal(newRow)).toBeUndefined()
  })

  test.each([
    ['a stub', {}],
    ['a leave before the joining', { left_at: at(4), revision: 3 }],
  ])('is written over %s, and counted', async (_, found) => {
    const newRow = makeRow()
    await put({ ...keyOf(newRow), ...found })

    const isWritten = await writeListedRow(store, newRow, {})

    expect(isWritten).toBe(true)
    expect(await readItem(keyOf(newRow))).toEqual(newRow.row)
    expect(await readTotal(newRow)).toMatchObject({ total: 1 })
  })

  test('is written over an older listed row, and not counted again', async () => {
    const newRow = makeRow()
    await writeListedRow(store, newRow, {})
    const newer = { ...newRow, row: { ...newRow.row, revision: 8, unread_count: 2 } }

    const isWritten = await writeListedRow(store, newer, {})

    expect(isWritten).toBe(true)
    expect(await readItem(keyOf(newRow))).toEqual(newer.row)
    expect(await readTotal(newRow)).toMatchObject({ total: 1 })
  })
})

describe('a tombstone of revision 7, for a leave at second 6', () => {
  const writeOver = async (newRow: NewRow): Promise<boolean> => {
    const { viewer, row } = newRow
    const roomId = parseRowRoomId(row)
    return writeTombstone(store, { viewer, roomId, leftAt: at(6), revision: 7 })
  }

  test.each([7, 8])('is not written over a listed row of revision %d', async (revision) => {
    const newRow = makeRow()
    const listed = { ...newRow, row: { ...newRow.row, revision } }
    await writeListedRow(store, listed, {})

    expect(await writeOver(listed)).toBe(false)
    expect(await readItem(keyOf(listed))).toEqual(listed.row)
    expect(await readTotal(listed)).toMatchObject({ total: 1 })
  })

  test.each([
    ['a later leave', { left_at: at(7), revision: 3 }],
    ['the same leave', { left_at: at(6), revision: 3 }],
    ['a tombstone of the same revision', { left_at: at(4), revision: 7 }],
  ])('is not written over %s', async (_, found) => {
    const newRow = makeRow()
    const stored = { ...keyOf(newRow), ...found }
    await put(stored)

    expect(await writeOver(newRow)).toBe(false)
    expect(await readItem(keyOf(newRow))).toEqual(stored)
  })

  test.each([
    ['a stub', {}],
    ['an earlier leave', { left_at: at(4), revision: 6 }],
  ])('is written over %s, and not counted', async (_, found) => {
    const newRow = makeRow()
    await put({ ...keyOf(newRow), ...found })

    expect(await writeOver(newRow)).toBe(true)
    expect(await readItem(keyOf(newRow))).toEqual({
      ...keyOf(newRow),
      left_at: at(6),
      revision: 7,
    })
    expect(await readTotal(newRow)).toBeUndefined()
  })

  test('is written over an older listed row, and lowers the total', async () => {
    const newRow = makeRow()
    await writeListedRow(store, { ...newRow, row: { ...newRow.row, revision: 6 } }, {})

    expect(await writeOver(newRow)).toBe(true)
    expect(await readTotal(newRow)).toMatchObject({ total: 0 })
  })
})
