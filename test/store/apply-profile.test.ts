import { describe, expect, test } from '@jest/globals'
import { store } from '../../lib/deps.ts'
import type { ProfileUpdated } from '../../lib/domain/events.ts'
import { applyEvents } from '../../lib/store/apply-events.ts'
import { noteCalls, unitsOf } from '../support/calls.ts'
import { at, renamed, roomCreated } from '../support/events.ts'
import { withFault } from '../support/faults.ts'
import { intercept } from '../support/intercept.ts'
import { apply, freshEmail, freshId, listAll, useTable } from '../support/inbox.ts'
import { expectAlsoAfterNextEvent } from '../support/next-event.ts'
import { membersOf } from '../support/members-of.ts'
import { seedRooms } from '../support/seed.ts'

useTable()

/** @returns the address of a user with this many personal rooms */
const createUser = async (count: number): Promise<string> => {
  const user = freshEmail()
  const rooms = Array.from({ length: count }, () => ({
    room_id: freshId(),
    type: 'single' as const,
    participants: [user, freshEmail()],
  }))
  await seedRooms(rooms)
  return user
}

/** Counts the rooms of a user that show this name. */
const countRoomsWithName = async (user: string, name: string): Promise<number> => {
  const rows = await listAll(user, 'single')
  return rows.filter((row) =>
    membersOf(row).some(({ email, username }) => email === user && username === name),
  ).length
}

/**
 * Delivers an event to a function whose time is up after a number of calls.
 * @returns whether the event is applied
 */
const deliver = async (event: ProfileUpdated, maxCalls: number): Promise<boolean> => {
  const stop = new AbortController()
  const { outcomes } = await withFault(
    ({ number }) => {
      if (number > maxCalls) stop.abort()
      return undefined
    },
    () => applyEvents({ ...store, signal: stop.signal }, [event]),
  )
  return outcomes[0] === undefined
}

describe('a rename of a user', () => {
  test('continues at each delivery where the previous one stopped', async () => {
    const user = await createUser(250)
    const event = renamed(user, 'new name', at(900))

    let deliveries = 1
    const reached: number[] = []
    while (!(await deliver(event, 200))) {
      reached.push(await countRoomsWithName(user, 'new name'))
      deliveries += 1
      expect(deliveries).toBeLessThan(10)
    }

    expect(deliveries).toBeGreaterThan(1)
    expect(reached).toEqual(reached.toSorted((a, b) => a - b))
    expect(await countRoomsWithName(user, 'new name')).toBe(250)
  })

  test('writes nothing when it is delivered again', async () => {
    const user = await createUser(3)
    await apply(renamed(user, 'new name', at(900)))

    const calls = await noteCalls(() => apply(renamed(user, 'new name', at(900))))

    expect(calls.map(({ command }) => command)).toEqual(['GetItem'])
  })

  test.each([3, 60])(
    'that is sent again with a newer time takes one write unit and no row with %d rooms',
    async (count) => {
      const user = await createUser(count)
      await apply(renamed(user, 'new name', at(900)))

      const calls = await noteCalls(() => apply(renamed(user, 'new name', at(950))))

      expect(unitsOf(calls).write).toBe(1)
      expect(calls.filter(({ command }) => /Put|Transact/.test(command))).toEqual([])
    },
  )

  test('of somebody without rooms is shown in a room that is joined later, and can be sent again', async () => {
    const user = freshEmail()
    await apply(renamed(user, 'new name', at(900)))

    const calls = await noteCalls(() => apply(renamed(user, 'new name', at(950))))
    await apply(roomCreated(freshId(), 'single', [user, freshEmail()], at(925)))

    expect(unitsOf(calls).write).toBe(1)
    expect(await countRoomsWithName(user, 'new name')).toBe(1)
  })

  test('that is sent again reaches a room that was joined with another name in between', async () => {
    const user = await createUser(2)
    await apply(renamed(user, 'new name', at(900)))
    await apply(roomCreated(freshId(), 'single', [user, freshEmail()], at(925)))
    const before = await countRoomsWithName(user, 'new name')

    await apply(renamed(user, 'new name', at(950)))

    expect(before).toBe(2)
    expect(await countRoomsWithName(user, 'new name')).toBe(3)
  })

  test('that is sent again while an older one is still copied wins in every room', async () => {
    const user = await createUser(3)
    const [first, older, newest] = [
      renamed(user, 'new name', at(900)),
      renamed(user, 'older name', at(910)),
      renamed(user, 'new name', at(950)),
    ]
    await apply(first)
    let isSent = false

    await intercept(
      async ({ command, input, send }) => {
        // The older one is stored, and has not been copied into any room yet.
        if (command === 'Query' && !isSent && !('IndexName' in input)) {
          isSent = true
          await apply(newest)
        }
        return send()
      },
      () => apply(older),
    )

    expect(isSent).toBe(true)
    expect(await countRoomsWithName(user, 'new name')).toBe(3)
  })

  test('that is sent again after another one came and went in between reaches every room', async () => {
    const user = await createUser(3)
    const [other, back, newest] = [
      renamed(user, 'other name', at(910)),
      renamed(user, 'new name', at(920)),
      renamed(user, 'new name', at(950)),
    ]
    await apply(renamed(user, 'new name', at(900)))
    let isReplaced = false

    await intercept(
      async ({ command, send }) => {
        if (command === 'UpdateItem' && !isReplaced) {
          isReplaced = true
          await deliver(other, 5)
          await deliver(back, 2)
        }
        return send()
      },
      () => apply(newest),
    )
    await apply(other, back)

    expect(isReplaced).toBe(true)
    expect(await countRoomsWithName(user, 'new name')).toBe(3)
  })

  test('does not replace a newer one that has started', async () => {
    const user = await createUser(3)
    await deliver(renamed(user, 'newest', at(950)), 0)

    await apply(renamed(user, 'older', at(900)))
    await apply(renamed(user, 'newest', at(950)))

    expect(await countRoomsWithName(user, 'newest')).toBe(3)
  })

  test('reaches rooms that the user joined after the previous rename', async () => {
    const user = await createUser(2)
    await apply(renamed(user, 'first', at(900)))
    await apply(roomCreated(freshId(), 'single', [user, freshEmail()]))

    await apply(renamed(user, 'second', at(950)))

    expect(await countRoomsWithName(user, 'second')).toBe(3)
    expect(await applyEvents(store, [renamed(user, 'first', at(900))])).toMatchObject({
      rowsWritten: 0,
    })
  })
})

test('two profiles with the same time and name are both applied, and the greater picture is shown', async () => {
  const user = await createUser(2)
  const [less, greater] = ['a', 'b'].map((avatar_url) => ({
    ...renamed(user, 'new name', at(900)),
    avatar_url,
  })) as [ProfileUpdated, ProfileUpdated]

  // The greater one is stored, and has reached no room yet.
  expect(await deliver(greater, 0)).toBe(false)
  await apply(less)
  await apply(greater)

  for (const row of await listAll(user, 'single'))
    expect(membersOf(row)).toContainEqual(expect.objectContaining({ email: user, avatar_url: 'b' }))
})

test('a profile that is stored while an older one is copied also reaches the rooms that are done', async () => {
  const user = await createUser(60)
  const newer = renamed(user, 'newer name', at(901))
  let isStored = false

  await intercept(
    async ({ input, send }) => {
      if (!isStored && String(input['UpdateExpression']).includes('SET reached')) {
        isStored = true
        expect(await deliver(newer, 0)).toBe(false)
      }
      return send()
    },
    () => apply(renamed(user, 'older name', at(900))),
  )
  await apply(newer)

  expect(isStored).toBe(true)
  const roomIds = (await listAll(user, 'single')).map(({ room_id }) => room_id)
  await expectAlsoAfterNextEvent(roomIds, async () => {
    expect(await countRoomsWithName(user, 'newer name')).toBe(60)
  })
})
