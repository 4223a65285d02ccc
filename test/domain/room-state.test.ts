import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { findStayStart, keepJoinings, maxJoinings } from '../../lib/domain/room-state.ts'
import { at } from '../support/events.ts'

const times = fc.uniqueArray(fc.nat(99), { maxLength: 40 }).map((seconds) => seconds.map(at))

/** Records joinings one by one, as events bring them. */
const keepAll = (joinings: string[], leftAt?: string): string[] =>
  joinings.reduce<string[]>((kept, joining) => keepJoinings([...kept, joining], leftAt), [])

describe('of the joinings of a participant', () => {
  test('the first one and the 15 newest are kept, in whatever order they arrive', () => {
    fc.assert(
      fc.property(times, (joinings) => {
        const [first, ...others] = joinings.toSorted()

        expect(keepAll(joinings)).toEqual(first ? [first, ...others.slice(-15)] : [])
        expect(keepAll(joinings).length).toBeLessThanOrEqual(maxJoinings)
      }),
    )
  })

  test('those that a leave has ended are not kept', () => {
    expect(keepJoinings([at(1), at(2), at(3)], at(2))).toEqual([at(3)])
  })

  test('a stay began with the first one after the last leave, if at most 15 are later than it', () => {
    fc.assert(
      fc.property(times, fc.nat(99).map(at), (joinings, left_at) => {
        const later = joinings.filter((joining) => joining > left_at).sort()
        fc.pre(later.length > 0 && later.length <= 15)
        const participant = { key: 'me', joined_at: later.at(-1)!, left_at }

        // The leave arrives last.
        expect(findStayStart({ ...participant, joinings: keepAll(joinings) })).toBe(later[0])
      }),
    )
  })

  test('of more than 15 after a leave that arrives late, a later one counts as the first', () => {
    const joinings = Array.from({ length: 20 }, (_, second) => at(second))

    const kept = keepAll(joinings)

    expect(findStayStart({ key: 'me', joined_at: at(19), left_at: at(2), joinings: kept })).toBe(
      at(5),
    )
  })
})
