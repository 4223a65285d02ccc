import { describe, expect, test } from '@jest/globals'
import type { Comment, Participant, RoomFacts } from '../../lib/domain/facts.ts'
import { isSettled, projectRow } from '../../lib/domain/project-row.ts'
import { at } from '../support/world.ts'

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

const facts = (over: Partial<RoomFacts> = {}): RoomFacts => ({
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

const unread = (comments: Comment[], me: Partial<Participant> = {}): number | undefined =>
  projectRow(facts({ comments, participants: [person('me', me), person('you')] }), 'me')
    ?.unread_count

describe('who sees a row', () => {
  test('one who is in the room', () => {
    expect(projectRow(facts(), 'me')).toMatchObject({ room_id: 9, room_type: 'single' })
  })

  test.each([
    ['a stranger', 'stranger', {}],
    ['one who left', 'me', { left_at: at(1) }],
    ['one who left at the moment of joining', 'me', { left_at: at(0) }],
  ])('not %s', (_, viewer, over) => {
    const participants = [person('me', over), person('you')]

    expect(projectRow(facts({ participants }), viewer)).toBeUndefined()
  })

  test('one who came back', () => {
    const participants = [person('me', { left_at: at(1), joined_at: at(2) })]

    expect(projectRow(facts({ participants }), 'me')).toBeDefined()
  })

  test('nobody before the room is created', () => {
    expect(projectRow(facts({ room: { room_id: 9, revision: 1 } }), 'me')).toBeUndefined()
  })
})

describe('the name of a personal room', () => {
  test("is the other one's", () => {
    expect(projectRow(facts(), 'me')!.room_name).toBe('YOU')
    expect(projectRow(facts(), 'you')!.room_name).toBe('ME')
  })

  test('is empty once the other one has left', () => {
    const participants = [person('me'), person('you', { left_at: at(5) })]

    expect(projectRow(facts({ participants }), 'me')).toMatchObject({
      room_name: '',
      participants: [{ email: 'me' }],
    })
  })
})

test('a group shows its own name, and no participants', () => {
  const room = { room_id: 9, revision: 1, type: 'group', name: 'trip', created_at: at(0) } as const

  const row = projectRow(facts({ room }), 'me')!

  expect(row.room_name).toBe('trip')
  expect(row).not.toHaveProperty('participants')
})

test('participants stand in the order of joining, of one event in its order, then by address', () => {
  const participants = [
    person('late', { joined_at: at(1) }),
    person('b', { position: 2 }),
    person('me', { position: 1 }),
    person('a', { position: 2 }),
  ]

  const row = projectRow(facts({ participants }), 'me')!

  expect(row.participants!.map(({ email }) => email)).toEqual(['me', 'a', 'b', 'late'])
})

describe('the last comment', () => {
  test('of a room without one is 0, "" and the creation time', () => {
    expect(projectRow(facts(), 'me')).toMatchObject({
      last_comment_id: 0,
      last_comment_message: '',
      last_comment_timestamp: at(0),
    })
  })

  test('is the highest id that was posted and not deleted, with its edited text', () => {
    const comments = [
      comment(5, 'you', { deleted_at: at(9) }),
      { comment_id: 4, edited_message: 'known before it was posted', edited_at: at(8) },
      comment(3, 'you', { edited_message: 'better', edited_at: at(7) }),
      comment(2, 'you'),
    ]

    expect(projectRow(facts({ comments }), 'me')).toMatchObject({
      last_comment_id: 3,
      last_comment_message: 'better',
      last_comment_timestamp: at(3),
    })
  })
})

describe('unread counts', () => {
  test('comments by others behind the read position', () => {
    expect(unread([comment(3, 'you'), comment(2, 'you'), comment(1, 'you')])).toBe(3)
    expect(
      unread([comment(3, 'you'), comment(2, 'you'), comment(1, 'you')], {
        last_comment_read_id: 2,
      }),
    ).toBe(1)
  })

  test("leaves out one's own, and all before it: who writes has read", () => {
    expect(unread([comment(3, 'you'), comment(2, 'me'), comment(1, 'you')])).toBe(1)
  })

  test('leaves out deleted ones', () => {
    expect(unread([comment(2, 'you', { deleted_at: at(3) }), comment(1, 'you')])).toBe(1)
  })

  test('leaves out comments up to the moment of joining', () => {
    const comments = [comment(3, 'you'), comment(2, 'you'), comment(1, 'you')]

    expect(unread(comments, { joined_at: at(2) })).toBe(1)
  })

  test('stays at 999', () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) => comment(count - index, 'you'))

    expect(unread(many(998))).toBe(998)
    expect(unread(many(999))).toBe(999)
    expect(unread(many(1500))).toBe(999)
  })

  test('an own comment that was deleted has been read up to all the same', () => {
    expect(unread([comment(2, 'me', { deleted_at: at(3) }), comment(1, 'you')])).toBe(0)
  })
})

describe('an imported baseline', () => {
  const baseline = { baseline_unread_count: 4, baseline_comment_id: 10, baseline_as_of: at(20) }
  const before = { ...baseline, joined_at: at(20) }

  test('counts while the read position is below its comment', () => {
    expect(unread([], { ...before, last_comment_read_id: 9 })).toBe(4)
  })

  test.each([10, 11])('counts none from its comment on (read up to %d)', (read) => {
    expect(unread([], { ...before, last_comment_read_id: read })).toBe(0)
  })

  test('is counted on by newer comments, never by those it covers', () => {
    const comments = [comment(31, 'you'), comment(30, 'you'), comment(10, 'you'), comment(9, 'you')]

    expect(unread(comments, before)).toBe(6)
  })

  test('is not lowered by deleting a comment that it covers', () => {
    expect(unread([comment(9, 'you', { deleted_at: at(30) })], before)).toBe(4)
  })

  test('is over with an own comment behind it', () => {
    expect(unread([comment(31, 'you'), comment(30, 'me')], before)).toBe(1)
  })

  test('is over for whoever left and joined again', () => {
    expect(unread([], { ...before, left_at: at(21), joined_at: at(22) })).toBe(0)
  })

  test('stays at 999 with newer comments', () => {
    expect(unread([comment(30, 'you')], { ...before, baseline_unread_count: 999 })).toBe(999)
  })
})

describe('reading back', () => {
  const readers = [
    person('me', { last_comment_read_id: 2 }),
    person('you', { last_comment_read_id: 4 }),
  ]
  const comments = [5, 4, 3, 2].map((id) => comment(id, 'third'))

  test('goes on until the last reader is reached', () => {
    expect(isSettled(comments.slice(0, 3), readers)).toBe(false)
    expect(isSettled(comments, readers)).toBe(true)
  })

  test('does not wait for those who left', () => {
    const gone = person('gone', { left_at: at(1) })

    expect(isSettled(comments, [...readers, gone])).toBe(true)
  })

  test('goes on until a comment is found that is not deleted', () => {
    const deleted = comments.map((each) => ({ ...each, deleted_at: at(9) }))

    expect(isSettled(deleted, readers)).toBe(false)
  })

  test('is over at 999 unread, a baseline left out: an own comment may still end that', () => {
    const me = person('me', {
      baseline_unread_count: 999,
      baseline_comment_id: 1,
      baseline_as_of: at(0),
    })
    const newer = Array.from({ length: 999 }, (_, index) => comment(1001 - index, 'you'))

    expect(isSettled(newer.slice(0, 10), [me])).toBe(false)
    expect(isSettled(newer, [me])).toBe(true)
  })
})
