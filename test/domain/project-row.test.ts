import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { hasEnoughComments, projectRow, viewRoom } from '../../lib/domain/project-row.ts'
import type { Comment, Participant, RoomState } from '../../lib/domain/room-state.ts'
import type { RoomType } from '../../lib/domain/room-type.ts'
import { membersOf } from '../support/members-of.ts'
import { at } from '../support/events.ts'

const person = (key: string, over: Partial<Participant> = {}): Participant => ({
  key,
  email: key,
  id: 1,
  username: key.toUpperCase(),
  avatar_url: '',
  joined_at: at(0),
  position: 0,
  ...over,
})

const comment = (comment_id: number, author: string, over: Partial<Comment> = {}): Comment => ({
  comment_id,
  author,
  message: `text ${comment_id}`,
  posted_at: at(comment_id),
  ...over,
})

const facts = (over: Partial<RoomState> = {}): RoomState => ({
  room: {
    room_id: 9,
    revision: 1,
    type: 'single',
    name: 'own name',
    avatar_url: '',
    created_at: at(0),
  },
  participants: [person('me'), person('you', { position: 1 })],
  comments: [],
  ...over,
})

/** The row that a participant sees. */
const rowOf = (state: RoomState, viewer: string) =>
  projectRow(
    viewRoom(state),
    state.participants.find(({ key }) => key === viewer)!,
  )

const unread = (comments: Comment[], me: Partial<Participant> = {}): number | undefined =>
  rowOf(facts({ comments, participants: [person('me', me), person('you')] }), 'me')?.unread_count

describe('a row', () => {
  test('is shown to a participant', () => {
    expect(rowOf(facts(), 'me')).toMatchObject({ room_id: 9, room_type: 'single' })
  })

  test.each([
    ['a participant who left', { left_at: at(1) }],
    ['a participant who left at the moment of the join', { left_at: at(0) }],
  ])('is not shown to %s', (_, over) => {
    const participants = [person('me', over), person('you')]

    expect(rowOf(facts({ participants }), 'me')).toBeUndefined()
  })

  test('is shown to a participant who left and joined again', () => {
    const participants = [person('me', { left_at: at(1), joined_at: at(2) })]

    expect(rowOf(facts({ participants }), 'me')).toBeDefined()
  })

  test('is shown to nobody before the room is created', () => {
    expect(rowOf(facts({ room: { room_id: 9, revision: 1 } }), 'me')).toBeUndefined()
  })
})

describe('the rows of a room of n people take work in proportion to n:', () => {
  /** How often each participant is read, on average, while all rows of a room are derived. */
  const countReads = (type: RoomType, people: number): number => {
    let reads = 0
    const participants = Array.from(
      { length: people },
      (_, index) =>
        new Proxy(person(`person ${index}`, { position: people - index }), {
          get: (target, name, receiver) => {
            reads += 1
            return Reflect.get(target, name, receiver) as unknown
          },
        }),
    )
    const room = { room_id: 9, revision: 1, type, created_at: at(0) }
    const view = viewRoom(facts({ room, participants, comments: [comment(1, 'person 0')] }))
    for (const participant of participants) projectRow(view, participant)
    return reads / people
  }

  test.each(['group', 'single'] as const)('a %s room', (type) => {
    expect(countReads(type, 1000)).toBeLessThan(2 * countReads(type, 100))
  })
})

describe('the name of a personal room', () => {
  test("is the other participant's name", () => {
    expect(rowOf(facts(), 'me')!.room_name).toBe('YOU')
    expect(rowOf(facts(), 'you')!.room_name).toBe('ME')
  })

  test.each([
    ['the other participant has left', [person('you', { left_at: at(5) })], 'YOU'],
    [
      'two others have left, is that of who left last',
      [person('first', { left_at: at(5) }), person('last', { left_at: at(6) })],
      'LAST',
    ],
    [
      'who left last was erased, is that of who left before',
      [
        person('you', { left_at: at(5) }),
        person('erased', { left_at: at(6), username: undefined }),
      ],
      'YOU',
    ],
    ['nobody else was ever a member, is empty', [], ''],
    [
      'somebody has only read in it, is empty',
      [{ key: 'reader', last_comment_read_id: 3, username: 'READER' }],
      '',
    ],
  ])('if %s', (_, others, name) => {
    const row = rowOf(facts({ participants: [person('me'), ...others] }), 'me')

    expect(row).toMatchObject({ room_name: name, participants: [{ email: 'me' }] })
  })
})

test('a group shows its own name and no participants', () => {
  const room = { room_id: 9, revision: 1, type: 'group', name: 'trip', created_at: at(0) } as const

  const row = rowOf(facts({ room }), 'me')!

  expect(row.room_name).toBe('trip')
  expect(row).not.toHaveProperty('participants')
})

test('participants are sorted by joining, then by their position in the event, then by address', () => {
  const participants = [
    person('late', { joined_at: at(1) }),
    person('b', { position: 2 }),
    person('me', { position: 1 }),
    person('a', { position: 2 }),
  ]
  const shown = (...keys: string[]) => {
    const some = participants.filter(({ key }) => keys.includes(key))
    // They are read in the order of their addresses.
    const [first, second] = [some, some.toReversed()].map((people) =>
      membersOf(rowOf(facts({ participants: people }), keys[0]!)).map(({ email }) => email),
    )
    expect(second).toEqual(first)
    return first
  }

  expect(shown('late', 'me')).toEqual(['me', 'late'])
  expect(shown('a', 'me')).toEqual(['me', 'a'])
  expect(shown('b', 'a')).toEqual(['a', 'b'])
})

test('a personal room shows the first two participants who are present, and nobody else sees it', () => {
  const participants = [
    person('third', { joined_at: at(1) }),
    person('gone', { joined_at: at(-1), left_at: at(0) }),
    person('me'),
    person('you', { position: 1 }),
  ]

  const shown = membersOf(rowOf(facts({ participants }), 'me'))

  expect(shown.map(({ email }) => email)).toEqual(['me', 'you'])
  expect(rowOf(facts({ participants }), 'third')).toBeUndefined()
})

describe('the last comment', () => {
  test('is 0, "" and the creation time in a room without comments', () => {
    expect(rowOf(facts(), 'me')).toMatchObject({
      last_comment_id: 0,
      last_comment_message: '',
      last_comment_timestamp: at(0),
    })
  })

  test('is the highest id that is posted and not deleted, with its edited text', () => {
    const comments = [
      comment(5, 'you', { deleted_at: at(9) }),
      { comment_id: 4, edited_message: 'known before it was posted', edited_at: at(8) },
      comment(3, 'you', { edited_message: 'better', edited_at: at(7) }),
      comment(2, 'you'),
    ]

    expect(rowOf(facts({ comments }), 'me')).toMatchObject({
      last_comment_id: 3,
      last_comment_message: 'better',
      last_comment_timestamp: at(3),
    })
  })
})

describe('the last read comment that is shown', () => {
  const shownReadId = (comments: Comment[], me: Partial<Participant>) =>
    membersOf(
      rowOf(facts({ comments, participants: [person('me', me), person('you')] }), 'you'),
    ).find(({ email }) => email === 'me')!.last_comment_read_id

  test('is kept when the participant leaves and joins again', () => {
    const comments = [comment(2, 'you'), comment(1, 'me')]

    expect(shownReadId(comments, {})).toBe(1)
    expect(shownReadId(comments, { left_at: at(2), joined_at: at(3) })).toBe(1)
  })

  test('of a participant who only writes is found up to 999 comments back', () => {
    const newer = (count: number) => [
      ...Array.from({ length: count }, (_, index) => comment(count + 1 - index, 'you')),
      comment(1, 'me'),
    ]

    expect(shownReadId(newer(998), {})).toBe(1)
    expect(shownReadId(newer(999), {})).toBe(0)
  })
})

/** A participant who left and joined again. */
const rejoined = { left_at: at(2), joined_at: at(3) }

describe('an unread count', () => {
  test('counts the comments of others after the last read one', () => {
    expect(unread([comment(3, 'you'), comment(2, 'you'), comment(1, 'you')])).toBe(3)
    expect(
      unread([comment(3, 'you'), comment(2, 'you'), comment(1, 'you')], {
        last_comment_read_id: 2,
      }),
    ).toBe(1)
  })

  test('leaves out own comments and all before them', () => {
    expect(unread([comment(3, 'you'), comment(2, 'me'), comment(1, 'you')])).toBe(1)
  })

  test('leaves out deleted comments', () => {
    expect(unread([comment(2, 'you', { deleted_at: at(3) }), comment(1, 'you')])).toBe(1)
  })

  test('leaves out comments from before the join, and not one of the same moment', () => {
    const comments = [comment(3, 'you'), comment(2, 'you'), comment(1, 'you')]

    expect(unread(comments, { joined_at: at(2) })).toBe(2)
    expect(unread(comments, { joined_at: at(2.001) })).toBe(1)
  })

  test('includes a comment of the moment of creation for those who were there from the start', () => {
    const atCreation = [comment(1, 'you', { posted_at: at(0) })]

    expect(unread(atCreation)).toBe(1)
    expect(unread(atCreation, { joined_at: at(1) })).toBe(0)
  })

  test.each([
    ['that is repeated hides no comments', { joined_at: at(3), joinings: [at(0), at(3)] }, 4],
    ['after a leave hides the comments before it', { ...rejoined, joinings: [at(0), at(3)] }, 2],
    [
      'that is repeated after a leave hides no further comments',
      { ...rejoined, joined_at: at(4), joinings: [at(4), at(0), at(3)] },
      2,
    ],
  ])('after a join %s', (_, me, count) => {
    const comments = [4, 3, 2, 1].map((id) => comment(id, 'you'))

    expect(unread(comments, me)).toBe(count)
  })

  test('is at most 999', () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) => comment(count - index, 'you'))

    expect(unread(many(998))).toBe(998)
    expect(unread(many(999))).toBe(999)
    expect(unread(many(1500))).toBe(999)
  })

  test('treats a deleted own comment as read', () => {
    expect(unread([comment(2, 'me', { deleted_at: at(3) }), comment(1, 'you')])).toBe(0)
  })
})

describe('a read', () => {
  const comments = [4, 3, 2, 1].map((id) => comment(id, 'you', { posted_at: at(1000 * id) }))
  const read = (id: number, seconds: number): Partial<Participant> => ({
    last_comment_read_id: id,
    last_comment_read_as_of: at(seconds),
    newest_read_id: id,
    newest_read_as_of: at(seconds),
  })
  const shownReadId = (me: Partial<Participant>) =>
    membersOf(
      rowOf(facts({ comments, participants: [person('me', me), person('you')] }), 'you'),
    ).find(({ email }) => email === 'me')!.last_comment_read_id

  test.each([
    ['covers the comments up to its id', read(3, 3000), 1, 3],
    ['with an id of no comment covers those that were posted before it', read(99, 4000), 0, 99],
    ['does not cover comments that are posted later', read(99, 2500), 2, 2],
    ['near 2^53 does not either', read(Number.MAX_SAFE_INTEGER, 2500), 2, 2],
    ['from a clock that is 5 minutes behind covers its comment', read(3, 2700), 1, 3],
    ['with a time more than 5 minutes before its comment does not cover it', read(3, 2699), 2, 2],
    ['with a time years before all comments covers none', read(4, -1e9), 4, 0],
    [
      'that version 1.0.0 stored has no time, and covers all up to its id',
      { last_comment_read_id: 4 },
      0,
      4,
    ],
    [
      'that version 1.0.0 stored with a wrong id covers none that is later than the next read',
      { last_comment_read_id: 99, newest_read_id: 2, newest_read_as_of: at(2000) },
      2,
      2,
    ],
    [
      'that version 1.0.0 stored covers all up to its id, although an older one is reported again',
      { last_comment_read_id: 4, newest_read_id: 2, newest_read_as_of: at(2000) },
      0,
      4,
    ],
    [
      'that is newer covers what one with a greater id does not',
      { ...read(99, 1500), newest_read_id: 3, newest_read_as_of: at(3000) },
      1,
      3,
    ],
  ])('%s', (_, me, unreadCount, shownId) => {
    expect(unread(comments, me)).toBe(unreadCount)
    expect(shownReadId(me)).toBe(shownId)
  })

  test('of what was received is shown in the same way', () => {
    const received = {
      last_comment_received_id: 99,
      last_comment_received_as_of: at(2500),
      newest_received_id: 99,
      newest_received_as_of: at(2500),
    }
    const participants = [person('me', received), person('you')]

    const [shown] = membersOf(rowOf(facts({ comments, participants }), 'you'))

    expect(shown!.last_comment_received_id).toBe(2)
  })

  test('of what was received is wrong, and shows what was read if that is more', () => {
    const me = {
      ...read(3, 3000),
      last_comment_received_id: 99,
      last_comment_received_as_of: at(1500),
    }
    const participants = [person('me', me), person('you')]

    const [shown] = membersOf(rowOf(facts({ comments, participants }), 'you'))

    expect(shown!.last_comment_received_id).toBe(3)
  })
})

test('how many comments were read from the table does not matter, if they are enough', () => {
  const people = ['me', 'you', 'third']
  const anyComment = fc.record({
    author: fc.constantFrom(...people),
    gap: fc.constantFrom(1, 100, 400),
    isDeleted: fc.boolean(),
  })
  const read = { id: fc.nat(40), seconds: fc.nat(8000) }
  const anyPerson = fc.record({
    read: fc.record(read),
    newest: fc.record(read),
    received: fc.record(read),
    baseline: fc.option(fc.nat(30)),
  })
  fc.assert(
    fc.property(
      fc.array(anyComment, { minLength: 1, maxLength: 30 }),
      anyPerson,
      fc.constantFrom('single' as const, 'group' as const),
      (list, { read, newest, received, baseline }, type) => {
        let seconds = 0
        const all = list
          .map(({ author, gap, isDeleted }, index) => {
            seconds += gap
            return comment(index + 1, author, {
              posted_at: at(seconds),
              ...(isDeleted && { deleted_at: at(9000) }),
            })
          })
          .toReversed()
        const me = person('me', {
          last_comment_read_id: Math.max(read.id, newest.id),
          last_comment_read_as_of: at(read.seconds),
          newest_read_id: newest.id,
          newest_read_as_of: at(Math.max(read.seconds, newest.seconds)),
          last_comment_received_id: received.id,
          last_comment_received_as_of: at(received.seconds),
          ...(baseline !== null && {
            baseline_as_of: at(0.001),
            baseline_comment_id: baseline,
            baseline_unread_count: 2,
          }),
        })
        const participants = [me, person('you', { position: 1 })]
        const room = { room_id: 9, revision: 1, type, created_at: at(0) }
        const stateOf = (comments: Comment[]) => facts({ room, comments, participants })
        const whole = rowOf(stateOf(all), 'me')

        for (let count = 1; count < all.length; count += 1) {
          const state = stateOf(all.slice(0, count))
          if (hasEnoughComments(state)) expect(rowOf(state, 'me')).toEqual(whole)
        }
      },
    ),
    { numRuns: 500 },
  )
})

describe('20,000 deleted comments are walked a few times, not for each of 1,000 participants', () => {
  const countReads = (me: Partial<Participant>): number => {
    let reads = 0
    const deleted = Array.from({ length: 20_000 }, (_, index) => {
      const one = comment(20_001 - index, 'you', { deleted_at: at(90_000) })
      return new Proxy(one, {
        get: (target, name, receiver) => {
          reads += 1
          return Reflect.get(target, name, receiver) as unknown
        },
      })
    })
    const participants = Array.from({ length: 1000 }, (_, index) => person(`person ${index}`, me))
    const room = { room_id: 9, revision: 1, type: 'group', created_at: at(0) } as const
    const state = facts({ room, comments: [...deleted, comment(1, 'you')], participants })

    const view = viewRoom(state)
    for (const participant of participants)
      expect(projectRow(view, participant)).toMatchObject({ last_comment_id: 1, unread_count: 1 })
    return reads
  }

  test.each<[string, Partial<Participant>]>([
    ['who have read nothing', {}],
    [
      'who have read up to an id that is too high, long before',
      {
        last_comment_read_id: 99_999,
        last_comment_read_as_of: at(-9000),
        newest_read_id: 99_999,
        newest_read_as_of: at(-9000),
      },
    ],
  ])('%s', (_, me) => {
    expect(countReads(me)).toBeLessThan(10 * 20_000)
  })
})

describe('an imported baseline', () => {
  const baseline = { baseline_unread_count: 4, baseline_comment_id: 10, baseline_as_of: at(20) }
  const before = { ...baseline, joined_at: at(20) }

  test('is counted while the last read comment is below its comment', () => {
    expect(unread([], { ...before, last_comment_read_id: 9 })).toBe(4)
  })

  test.each([10, 11])('is not counted once comment %d is read', (read) => {
    expect(unread([], { ...before, last_comment_read_id: read })).toBe(0)
  })

  test('is raised by newer comments and not by those that it covers', () => {
    const comments = [comment(31, 'you'), comment(30, 'you'), comment(10, 'you'), comment(9, 'you')]

    expect(unread(comments, before)).toBe(6)
  })

  test('is not lowered when a comment that it covers is deleted', () => {
    expect(unread([comment(9, 'you', { deleted_at: at(30) })], before)).toBe(4)
  })

  test('is not counted after a newer own comment', () => {
    expect(unread([comment(31, 'you'), comment(30, 'me')], before)).toBe(1)
  })

  test('is not counted for a participant who left and joined again', () => {
    expect(unread([], { ...before, left_at: at(21), joined_at: at(22) })).toBe(0)
  })

  test('is at most 999 with newer comments', () => {
    expect(unread([comment(30, 'you')], { ...before, baseline_unread_count: 999 })).toBe(999)
  })
})

describe('reading comments', () => {
  const readers = [
    person('me', { last_comment_read_id: 2 }),
    person('you', { last_comment_read_id: 4 }),
  ]
  const comments = [5, 4, 3, 2].map((id) => comment(id, 'third'))

  test('continues to the last comment that everybody has read', () => {
    expect(
      hasEnoughComments(facts({ comments: comments.slice(0, 3), participants: readers })),
    ).toBe(false)
    expect(hasEnoughComments(facts({ comments, participants: readers }))).toBe(true)
  })

  test('ignores what participants who left have read', () => {
    const gone = person('gone', { left_at: at(1) })

    expect(hasEnoughComments(facts({ comments, participants: [...readers, gone] }))).toBe(true)
  })

  test('continues to a comment that is not deleted', () => {
    const deleted = comments.map((each) => ({ ...each, deleted_at: at(9) }))

    expect(hasEnoughComments(facts({ comments: deleted, participants: readers }))).toBe(false)
  })

  test('ends at 999 unread comments, not counting an imported baseline', () => {
    const me = person('me', {
      baseline_unread_count: 999,
      baseline_comment_id: 1,
      baseline_as_of: at(0),
    })
    const newer = Array.from({ length: 999 }, (_, index) => comment(1001 - index, 'you'))

    expect(hasEnoughComments(facts({ comments: newer.slice(0, 10), participants: [me] }))).toBe(
      false,
    )
    expect(hasEnoughComments(facts({ comments: newer, participants: [me] }))).toBe(true)
  })
})
