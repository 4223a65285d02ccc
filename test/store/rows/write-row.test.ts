import { describe, expect, test } from '@jest/globals'
import { store } from '../../../lib/deps.ts'
import { writeListedRow } from '../../../lib/store/rows/write-row.ts'
import { at } from '../../support/events.ts'
import { keyOf, makeGroupRow, put, readRow, readTotal } from '../../support/group-row.ts'
import { useTable } from '../../support/inbox.ts'

useTable()

describe('a row that its writer takes for unlisted', () => {
  test.each([
    ['a later leave', { left_at: at(6), revision: 3 }],
    ['a leave at the time of the join', { left_at: at(5), revision: 3 }],
    ['the tombstone of the same revision', { left_at: at(4), revision: 7 }],
    ['the tombstone of a higher revision', { left_at: at(4), revision: 8 }],
  ])('is not written over %s', async (_, tombstone) => {
    const newRow = makeGroupRow()
    const stored = { ...keyOf(newRow), ...tombstone }
    await put(stored)

    const isWritten = await writeListedRow(store, newRow, {})

    expect(isWritten).toBe(false)
    expect(await readRow(newRow)).toEqual(stored)
    expect(await readTotal(newRow)).toBeUndefined()
  })

  test.each([
    ['a stub', {}],
    ['a leave before the join', { left_at: at(4), revision: 3 }],
  ])('is written over %s, and counted', async (_, found) => {
    const newRow = makeGroupRow()
    await put({ ...keyOf(newRow), ...found })

    const isWritten = await writeListedRow(store, newRow, {})

    expect(isWritten).toBe(true)
    expect(await readRow(newRow)).toEqual(newRow.row)
    expect(await readTotal(newRow)).toMatchObject({ total: 1 })
  })

  test('is written over an older listed row, and not counted again', async () => {
    const newRow = makeGroupRow()
    await writeListedRow(store, newRow, {})
    const newer = { ...newRow, row: { ...newRow.row, revision: 8, unread_count: 2 } }

    const isWritten = await writeListedRow(store, newer, {})

    expect(isWritten).toBe(true)
    expect(await readRow(newRow)).toEqual(newer.row)
    expect(await readTotal(newRow)).toMatchObject({ total: 1 })
  })
})
