import { describe, expect, test } from '@jest/globals'
import { store } from '../../../lib/deps.ts'
import { parseRowRoomId } from '../../../lib/store/keys.ts'
import { unlistRow } from '../../../lib/store/rows/unlist-row.ts'
import { type NewRow, writeListedRow } from '../../../lib/store/rows/write-row.ts'
import { at } from '../../support/events.ts'
import { keyOf, makeGroupRow, put, readRow, readTotal } from '../../support/group-row.ts'
import { listAll, useTable } from '../../support/inbox.ts'

useTable()

const idsOf = ({ viewer, row }: NewRow) => ({ viewer, roomId: parseRowRoomId(row) })

describe('a tombstone of revision 7, for a leave at second 6', () => {
  const writeOver = async (newRow: NewRow): Promise<boolean> => {
    const { viewer, roomId } = idsOf(newRow)
    return unlistRow(store, { viewer, roomId, leftAt: at(6), revision: 7 })
  }

  test.each([7, 8])('is not written over a listed row of revision %d', async (revision) => {
    const newRow = makeGroupRow()
    const listed = { ...newRow, row: { ...newRow.row, revision } }
    await writeListedRow(store, listed, {})

    expect(await writeOver(listed)).toBe(false)
    expect(await readRow(listed)).toEqual(listed.row)
    expect(await readTotal(listed)).toMatchObject({ total: 1 })
  })

  test.each([
    ['a later leave', { left_at: at(7), revision: 3 }],
    ['the same leave', { left_at: at(6), revision: 3 }],
    ['a tombstone of the same revision', { left_at: at(4), revision: 7 }],
  ])('is not written over %s', async (_, found) => {
    const newRow = makeGroupRow()
    const stored = { ...keyOf(newRow), ...found }
    await put(stored)

    expect(await writeOver(newRow)).toBe(false)
    expect(await readRow(newRow)).toEqual(stored)
  })

  test.each([
    ['a stub', {}],
    ['an earlier leave', { left_at: at(4), revision: 6 }],
  ])('is written over %s, and not counted', async (_, found) => {
    const newRow = makeGroupRow()
    await put({ ...keyOf(newRow), ...found })

    expect(await writeOver(newRow)).toBe(true)
    expect(await readRow(newRow)).toEqual({
      ...keyOf(newRow),
      left_at: at(6),
      revision: 7,
    })
    expect(await readTotal(newRow)).toBeUndefined()
  })

  test('is written over an older listed row, and lowers the total', async () => {
    const newRow = makeGroupRow()
    await writeListedRow(store, { ...newRow, row: { ...newRow.row, revision: 6 } }, {})

    expect(await writeOver(newRow)).toBe(true)
    expect(await readTotal(newRow)).toMatchObject({ total: 0 })
  })
})

describe('a row of a group that its viewer is in and does not see, of revision 7', () => {
  const hide = (newRow: NewRow): Promise<boolean> =>
    unlistRow(store, { ...idsOf(newRow), revision: 7 })
  const withRevision = (newRow: NewRow, revision: number): NewRow => ({
    ...newRow,
    row: { ...newRow.row, revision },
  })

  test('is taken out of the list, and the total falls', async () => {
    const newRow = withRevision(makeGroupRow(), 6)
    await writeListedRow(store, newRow, {})

    expect(await hide(newRow)).toBe(true)
    expect(await readRow(newRow)).toEqual({ ...keyOf(newRow), revision: 7 })
    expect(await readTotal(newRow)).toMatchObject({ total: 0 })
    expect(await listAll(newRow.viewer, 'group')).toEqual([])
  })

  test.each([
    ['nothing', undefined],
    ['a stub', {}],
    ['a leave', { left_at: at(4), revision: 6 }],
  ])('is not listed again by an older projection, if it was %s', async (_, found) => {
    const newRow = makeGroupRow()
    if (found) await put({ ...keyOf(newRow), ...found })

    expect(await hide(newRow)).toBe(true)
    expect(await writeListedRow(store, withRevision(newRow, 6))).toBe(false)
    expect(await readRow(newRow)).toEqual({ ...keyOf(newRow), ...found, revision: 7 })
    expect(await readTotal(newRow)).toBeUndefined()
  })

  test('comes back with a newer projection, and is counted', async () => {
    const newRow = withRevision(makeGroupRow(), 6)
    await writeListedRow(store, newRow, {})
    await hide(newRow)

    expect(await writeListedRow(store, withRevision(newRow, 8))).toBe(true)
    expect(await readTotal(newRow)).toMatchObject({ total: 1 })
  })

  test.each([7, 8])('stays in the list if the listed row has revision %d', async (revision) => {
    const newRow = withRevision(makeGroupRow(), revision)
    await writeListedRow(store, newRow, {})

    expect(await hide(newRow)).toBe(false)
    expect(await readRow(newRow)).toEqual(newRow.row)
    expect(await readTotal(newRow)).toMatchObject({ total: 1 })
  })

  test('is written once', async () => {
    const newRow = makeGroupRow()

    expect(await hide(newRow)).toBe(true)
    expect(await hide(newRow)).toBe(false)
  })

  test('is marked as left by a later leave', async () => {
    const newRow = makeGroupRow()
    await hide(newRow)

    await unlistRow(store, { ...idsOf(newRow), revision: 8, leftAt: at(6) })

    expect(await readRow(newRow)).toEqual({ ...keyOf(newRow), revision: 8, left_at: at(6) })
    expect(await readTotal(newRow)).toBeUndefined()
  })
})
