import { describe, expect, test } from '@jest/globals'
import { store } from '../../lib/deps.ts'
import type { ProfileUpdated } from '../../lib/domain/events.ts'
import { applyEvents } from '../../lib/store/apply-events.ts'
import { noteCalls } from '../support/calls.ts'
import { withFault } from '../support/faults.ts'
import { apply, at, freshEmail, freshId, listAll, roomCreated, useTable } from '../support/world.ts'

useTable()

const renamed = (email: string, username: string, seconds: number): ProfileUpdated => ({
  type: 'profile.updated',
  occurred_at: at(seconds),
  email,
  username,
  avatar_url: '',
})

const userWithRooms = async (count: number): Promise<string> => {
  const user = freshEmail()
  const rooms = Array.from({ length: count }, () =>
    roomCreated(freshId(), 'single', [user, freshEmail()]),
  )
  await apply(...rooms)
  return user
}

/** How many of a user's rooms show this name. */
const roomsWithName = async (user: string, name: string): Promise<number> => {
  const rows = await listAll(user, 'single')
  return rows.filter(({ participants }) =>
    participants!.some(({ email, username }) => email === user && username === name),
  ).length
}

/** Delivers an event to a function that is stopped after so many calls. */
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

describe('a rename of somebody with many rooms', () => {
  test('goes on at each delivery where the one before was stopped', async () => {
    const user = await userWithRooms(250)
    const event = renamed(user, 'new name', 900)

    let deliveries = 1
    const reached: number[] = []
    while (!(await deliver(event, 600))) {
      reached.push(await roomsWithName(user, 'new name'))
      deliveries += 1
      expect(deliveries).toBeLessThan(10)
    }

    expect(deliveries).toBeGreaterThan(2)
    expect(reached).toEqual(reached.toSorted((a, b) => a - b))
    expect(await roomsWithName(user, 'new name')).toBe(250)
  })

  test('that is delivered again once it is done writes nothing', async () => {
    const user = await userWithRooms(3)
    await apply(renamed(user, 'new name', 900))

    const calls = await noteCalls(() => apply(renamed(user, 'new name', 900)))

    expect(calls.filter(({ error }) => !error).map(({ command }) => command)).toEqual([
      'GetItem',
      'Query',
    ])
  })

  test('gives way to a newer one that has begun', async () => {
    const user = await userWithRooms(3)
    await deliver(renamed(user, 'newest', 950), 0)

    await apply(renamed(user, 'older', 900))
    await apply(renamed(user, 'newest', 950))

    expect(await roomsWithName(user, 'newest')).toBe(3)
  })

  test('reaches rooms that were joined after the one before was done', async () => {
    const user = await userWithRooms(2)
    await apply(renamed(user, 'first', 900))
    await apply(roomCreated(freshId(), 'single', [user, freshEmail()]))

    await apply(renamed(user, 'second', 950))

    expect(await roomsWithName(user, 'second')).toBe(3)
    expect(await applyEvents(store, [renamed(user, 'first', 900)])).toMatchObject({
      rowsWritten: 0,
    })
  })
})
