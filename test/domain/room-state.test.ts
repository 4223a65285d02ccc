import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { findStayStart, keepJoins, maxJoins } from '../../lib/domain/room-state.ts'
import { at } from '../support/events.ts'

const times = fc.uniqueArray(fc.nat(99), { maxLength: 40 }).map((seconds) => seconds.map(at))

/** Records joins one by one, as events bring them. */
const keepAll = (joins: string[], leftAt?: string): string[] =>
  joins.reduce<string[]>((kept, join) => keepJoins([...kept, join], leftAt), [])

describe('of the joins of a participant', () => {
  test('the first one and the 15 newest are kept, in whatever order they arrive', () => {
    fc.assert(
      fc.property(times, (joins) => {
        const [first, ...others] = joins.toSorted()

        expect(keepAll(joins)).toEqual(first ? [first, ...others.slice(-15)] : [])
        expect(keepAll(joins).length).toBeLessThanOrEqual(maxJoins)
      }),
    )
  })

  test('those that a leave has ended are not kept', () => {
    expect(keepJoins([at(1), at(2), at(3)], at(2))).toEqual([at(3)])
  })

  test('a stay began with the first one after the last leave, if at most 15 are later than it', () => {
    fc.assert(
      fc.property(times, fc.nat(99).map(at), (joins, left_at) => {
        const later = joins.filter((join) => join > left_at).sort()
        fc.pre(later.length > 0 && later.length <= 15)
        const participant = { key: 'me', joined_at: later.at(-1)!, left_at }

        // The leave arrives last.
        expect(findStayStart({ ...participant, joinings: keepAll(joins) })).toBe(later[0])
      }),
    )
  })

  test('of more than 15 after a leave that arrives late, a later one counts as the first', () => {
    const joins = Array.from({ length: 20 }, (_, second) => at(second))

    const kept = keepAll(joins)

    expect(findStayStart({ key: 'me', joined_at: at(19), left_at: at(2), joinings: kept })).toBe(
      at(5),
    )
  })
})
