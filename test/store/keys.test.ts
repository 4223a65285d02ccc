import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { toTimestamp } from '../../lib/domain/time.ts'
import {
  formatActivity,
  commentKey,
  parseActivity,
  type ListingPlace,
  totalActivity,
} from '../../lib/store/keys.ts'

const id = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
const place: fc.Arbitrary<ListingPlace> = fc.record({
  timestamp: fc.integer({ min: 0, max: 4e12 }).map(toTimestamp),
  commentId: id,
  roomId: id,
})

test('the text order of activities is the order of the listing', () => {
  fc.assert(
    fc.property(place, place, (a, b) => {
      const byText = formatActivity('single', a) < formatActivity('single', b)
      const byValue =
        a.timestamp !== b.timestamp
          ? a.timestamp < b.timestamp
          : a.commentId !== b.commentId
            ? a.commentId < b.commentId
            : a.roomId < b.roomId
      expect(byText).toBe(byValue)
    }),
  )
})

test('an activity is parsed into its type and place', () => {
  fc.assert(
    fc.property(place, (row) => {
      expect(parseActivity(formatActivity('group', row))).toEqual({ type: 'group', ...row })
    }),
  )
})

test('the total sorts above every row of its listing', () => {
  fc.assert(
    fc.property(place, (row) => {
      expect(totalActivity('single') > formatActivity('single', row)).toBe(true)
    }),
  )
})

test('the text order of comment keys is the order of their ids', () => {
  fc.assert(
    fc.property(id, id, (a, b) => {
      expect(commentKey(1, a).sk < commentKey(1, b).sk).toBe(a < b)
    }),
  )
})
