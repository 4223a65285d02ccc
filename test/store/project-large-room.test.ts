import { describe, expect, test } from '@jest/globals'
import { store } from '../../lib/deps.ts'
import type { ChatEvent } from '../../lib/domain/events.ts'
import { applyEvents } from '../../lib/store/apply-events.ts'
import { roomKey } from '../../lib/store/keys.ts'
import { projectLargeRoom } from '../../lib/store/project-large-room.ts'
import { noteCalls } from '../support/calls.ts'
import { at, joined, left, muted, posted, read, roomCreated } from '../support/events.ts'
import { type Fault, withFault, withStopInBatch } from '../support/faults.ts'
import { findRow, freshEmails, freshId, readItem, useTable } from '../support/inbox.ts'
import { intercept } from '../support/intercept.ts'

useTable()

/** Applies events as the function does. Groups of more than two people are large. */
const apply = async (...events: ChatEvent[]) => {
  const requested: number[] = []
  const request = async (_: number, revision: number) => {
    await Promise.resolve()
    requested.push(revision)
  }
  const { outcomes } = await applyEvents(store, events, { above: 2, request })
  return { requested, failed: outcomes.filter((outcome) => outcome !== undefined) }
}

const project = (roomId: number, revision: number, isRetry = false) =>
  projectLargeRoom(store, { roomId, revision, isRetry })

/** A group whose rows show comment 1. */
const createGroup = async (size: number) => {
  const roomId = freshId()
  const people = freshEmails(size)
  const { requested } = await apply(
    roomCreated(roomId, 'group', people),
    posted(roomId, 1, people[0]!, at(1)),
  )
  for (const revision of requested) await project(roomId, revision)
  return { roomId, people, requested }
}

const shownTo = async (people: string[], roomId: number) =>
  Promise.all(people.map(async (email) => (await findRow(email, roomId, 'group'))?.last_comment_id))

const crash = new Error('crash')

/** Fails one call of a command: `nth` counts from 1. */
const crashAt = (command: string, nth: number): Fault => {
  let count = 0
  return (call) => (call.command === command && (count += 1) === nth ? crash : undefined)
}

test('a small group is projected at once', async () => {
  const { roomId, people, requested } = await createGroup(2)

  expect(requested).toEqual([])
  expect(await shownTo(people, roomId)).toEqual([1, 1])
  expect(await readItem(roomKey(roomId))).not.toHaveProperty('projected')
})

test('a comment of a large group is in its rows once the requested projection is done', async () => {
  const { roomId, people, requested: first } = await createGroup(3)
  const { requested } = await apply(posted(roomId, 2, people[0]!, at(2)))

  expect(first).toHaveLength(1)
  expect(requested).toEqual([(await readItem(roomKey(roomId)))!['revision']])
  expect(await shownTo(people, roomId)).toEqual([1, 1, 1])

  expect(await project(roomId, requested[0]!)).toBe(3)

  expect(await shownTo(people, roomId)).toEqual([2, 2, 2])
  expect(await readItem(roomKey(roomId))).toMatchObject({ projected: requested[0] })
  expect(await noteCalls(() => project(roomId, requested[0]!))).toHaveLength(1)
})

test('a group that becomes large by a join is projected later from the next comment on', async () => {
  const { roomId, people } = await createGroup(2)
  const [newcomer] = freshEmails(1) as [string]

  const join = await apply(joined(roomId, newcomer, at(2)))
  const comment = await apply(posted(roomId, 2, newcomer, at(3)))

  expect(join.requested).toEqual([])
  expect(await shownTo([newcomer], roomId)).toEqual([1])
  expect(comment.requested).toHaveLength(1)
  await project(roomId, comment.requested[0]!)
  expect(await shownTo([...people, newcomer], roomId)).toEqual([2, 2, 2])
})

test('joins, leaves, reads and mutes in a large group are shown at once, with no projection of the others', async () => {
  const { roomId, people } = await createGroup(5)
  const [me, other, leaver, quiet] = people as [string, string, string, string]
  const [newcomer] = freshEmails(1) as [string]

  const { requested } = await apply(
    read(roomId, 1, quiet, at(2)),
    left(roomId, leaver, at(2)),
    joined(roomId, newcomer, at(2)),
    muted(roomId, other, at(2)),
  )

  expect(requested).toEqual([])
  expect(await findRow(other, roomId, 'group')).toMatchObject({ unread_count: 1 })
  expect(await findRow(quiet, roomId, 'group')).toMatchObject({ unread_count: 0 })
  expect(await findRow(leaver, roomId, 'group')).toBeUndefined()
  expect(await shownTo([me, newcomer], roomId)).toEqual([1, 1])
})

test('a batch with a comment writes only the rows of those whom another event of it names', async () => {
  const { roomId, people } = await createGroup(4)
  const [author, reader, leaver, other] = people as [string, string, string, string]

  const { requested } = await apply(
    posted(roomId, 2, author, at(2)),
    read(roomId, 2, reader, at(3)),
    left(roomId, leaver, at(3)),
  )

  expect(requested).toHaveLength(1)
  expect(await shownTo([author, reader, other], roomId)).toEqual([1, 2, 1])
  expect(await findRow(leaver, roomId, 'group')).toBeUndefined()
})

test('a creation that is sent again, with newer times only, requests nothing', async () => {
  const { roomId, people } = await createGroup(3)

  const { requested, failed } = await apply(roomCreated(roomId, 'group', people, at(9)))

  expect({ requested, failed }).toEqual({ requested: [], failed: [] })
})

describe('a comment is in all rows in the end', () => {
  test('if the projection stops between two rows: a retry leaves the written ones as they are', async () => {
    const { roomId, people } = await createGroup(4)
    const { requested } = await apply(posted(roomId, 2, people[0]!, at(2)))
    await expect(withStopInBatch(2, () => project(roomId, requested[0]!))).rejects.toThrow('crash')

    const written = await project(roomId, requested[0]!, true)

    expect(await shownTo(people, roomId)).toEqual([2, 2, 2, 2])
    expect(written).toBeLessThan(4)
  })

  test.each(['before', 'after'] as const)(
    'if the function stops %s it raises the revision',
    async (when) => {
      const { roomId, people } = await createGroup(3)
      const comment = posted(roomId, 2, people[0]!, at(2))
      // The first update records the comment.
      const stopped = await withFault(crashAt('UpdateItem', 2), () => apply(comment), when)

      const { requested, failed } = await apply(comment)

      expect([stopped.failed.length, failed.length]).toEqual([1, 0])
      expect(stopped.requested).toEqual([])
      expect(requested).toHaveLength(1)
      await project(roomId, requested[0]!)
      expect(await shownTo(people, roomId)).toEqual([2, 2, 2])
    },
  )

  test.each(['Query', 'BatchExecuteStatement'])(
    'if it comes while another projection is running, after its %s',
    async (during) => {
      const { roomId, people } = await createGroup(3)
      const first = await apply(posted(roomId, 2, people[0]!, at(2)))
      let later: number[] = []
      let isDone = false

      await intercept(
        async ({ command, send }) => {
          const response = await send()
          if (command === during && !isDone) {
            isDone = true
            later = (await apply(posted(roomId, 3, people[0]!, at(3)))).requested
          }
          return response
        },
        () => project(roomId, first.requested[0]!),
      )

      expect(later).toHaveLength(1)
      await project(roomId, later[0]!)
      expect(await shownTo(people, roomId)).toEqual([3, 3, 3])
    },
  )

  test('if the request fails: the event fails, and requests again when it is repeated', async () => {
    const { roomId, people } = await createGroup(3)
    const comment = posted(roomId, 2, people[0]!, at(2))
    const request = () => Promise.reject(crash)

    const { outcomes } = await applyEvents(store, [comment], { above: 2, request })
    const { requested } = await apply(comment)

    expect(outcomes).toEqual([crash])
    await project(roomId, requested[0]!)
    expect(await shownTo(people, roomId)).toEqual([2, 2, 2])
  })

  test('if it is repeated although all is projected: its rows are written once more', async () => {
    const { roomId, people } = await createGroup(3)
    const comment = posted(roomId, 2, people[0]!, at(2))
    for (const revision of (await apply(comment)).requested) await project(roomId, revision)

    const { requested } = await apply(comment)

    expect(await project(roomId, requested[0]!)).toBe(3)
  })
})

test('one projection is enough for all comments that came before it began', async () => {
  const { roomId, people } = await createGroup(3)
  const requested: number[] = []
  for (const id of [2, 3, 4])
    requested.push(...(await apply(posted(roomId, id, people[0]!, at(id)))).requested)

  expect(await project(roomId, requested[0]!)).toBe(3)

  expect(await project(roomId, requested[1]!)).toBe(0)
  expect(await project(roomId, requested[2]!)).toBe(0)
  expect(await shownTo(people, roomId)).toEqual([4, 4, 4])
})

test.each([false, true])(
  'a request with a number that the room of a restored table has not reached does not block later ones (retry: %s)',
  async (isRetry) => {
    const { roomId, people } = await createGroup(3)
    const { revision } = (await readItem(roomKey(roomId)))!

    await project(roomId, Number(revision) + 100, isRetry)
    const { requested } = await apply(posted(roomId, 2, people[0]!, at(2)))
    await project(roomId, requested[0]!)

    expect(await shownTo(people, roomId)).toEqual([2, 2, 2])
  },
)

test('a request for a room that is not stored writes nothing', async () => {
  const roomId = freshId()

  expect(await project(roomId, 5)).toBe(0)

  expect(await readItem(roomKey(roomId))).toBeUndefined()
})
