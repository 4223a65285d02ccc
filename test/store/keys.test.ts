import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  activity,
  commentKey,
  parseActivity,
  type Position,
  totalActivity,
} from '../../lib/store/keys.ts'
import { timestampAt } from '../../lib/domain/time.ts'

const id = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
const position: fc.Arbitrary<Position> = fc.record({
  timestamp: fc.integer({ min: 0, max: 4e12 }).map(timestampAt),
  commentId: id,
  roomId: id,
})

test('the text order of activities is the order of the listing', () => {
  fc.assert(
    fc.property(position, position, (a, b) => {
      const byText = activity('single', a) < activity('single', b)
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

test('an activity is parsed into its type and position', () => {
  fc.assert(
    fc.property(position, (row) => {
      expect(parseActivity(activity('group', row))).toEqual({ type: 'group', ...row })
    }),
  )
})

test('the total sorts above every row of its listing', () => {
  fc.assert(
    fc.property(position, (row) => {
      expect(totalActivity('single') > activity('single', row)).toBe(true)
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
