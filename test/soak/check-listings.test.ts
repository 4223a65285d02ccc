import { beforeAll, expect, test } from '@jest/globals'
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { handler as listAllChats } from '../../functions/list-all-chats.ts'
import { handler as listGroupChats } from '../../functions/list-group-chats.ts'
import { handler as listPersonalChats } from '../../functions/list-personal-chats.ts'
import { store } from '../../lib/deps.ts'
import type { ChatEvent } from '../../lib/domain/events.ts'
import { rowKey, totalKey } from '../../lib/store/keys.ts'
import { diceOf } from '../model/choices.ts'
import { call } from '../support/api-call.ts'
import { apply, leave, readItem, useTable } from '../support/inbox.ts'
import { at } from '../support/events.ts'
import { checkListings } from './check-listings.ts'
import { type GetPage, KeptPages } from './kept-pages.ts'
import { Oracle } from './oracle.ts'
import { World } from './world.ts'

const eventCount = 200

useTable()

const handlers: Record<string, unknown> = {
  '/chat/personal': listPersonalChats,
  '/chat/group': listGroupChats,
  '/chat/all': listAllChats,
}
const get: GetPage = async (email, url, headers = {}) => {
  const [path, query = ''] = url.split('?') as [string, string?]
  return call(handlers[path], { email, path, query, headers })
}

const world = new World(diceOf(2), { users: 6, single: 6, group: 6 }, () => Date.parse(at(0)))
const oracle = new Oracle(world)
const next = (): ChatEvent => {
  const event = world.nextEvent()
  world.noteApplied(event)
  return event
}

/** Applies events up to the next comment. @returns the comment, which is not applied yet */
const applyUpToComment = async (): Promise<ChatEvent> => {
  for (;;) {
    const event = next()
    if (event.type === 'comment.posted') return event
    await apply(event)
  }
}

const findWrong = async (users = world.users, pages = new KeptPages(get)): Promise<string[]> => {
  const found = await Promise.all(users.map((user) => checkListings(oracle, pages, user)))
  return found.flatMap(({ wrong }) => wrong)
}

/** Changes an item directly in the table while the work runs, then puts it back. */
const whileStored = async (
  key: { pk: string; sk: string },
  change: Record<string, unknown>,
  work: () => Promise<void>,
): Promise<void> => {
  const before = await readItem(key)
  const put = (Item: object) =>
    store.client.send(new PutCommand({ TableName: store.tableName, Item }))
  await put({ ...before, ...change })
  try {
    await work()
  } finally {
    await put(before!)
  }
}

/** Somebody in a group with unread comments that are not muted. */
const findUnread = () => {
  const found = world.users.flatMap((user) =>
    oracle.computeListings(user, ['group']).unread.map((row) => ({ user, row })),
  )
  return found[0]!
}

beforeAll(async () => {
  await apply(...Array.from({ length: eventCount }, next))
  for (let count = 0; count < 5; count += 1) {
    const leaving = world.startLeave()
    if (leaving === undefined) continue
    await leave(leaving.user, leaving.room.id)
    world.endLeave(leaving)
  }
})

test('listings are right if every event is applied', async () => {
  expect(await findWrong()).toEqual([])
})

test('an unread count that is off by one is found, with the expected and the actual row', async () => {
  const { user, row } = findUnread()
  const wrongCount = row.unread_count + 1

  await whileStored(rowKey(user, row.room_id), { unread_count: wrongCount }, async () => {
    const wrong = await findWrong([user])

    expect(wrong).toHaveLength(8)
    expect(wrong[0]).toContain(`of ${user}: expected`)
    expect(wrong[0]).toContain(`"unread_count":${row.unread_count}}`)
    expect(wrong[0]).toContain(`"unread_count":${wrongCount}}`)
  })
})

test('a total that is off by one is found', async () => {
  const { user } = findUnread()
  const key = totalKey(user, 'group')
  const { total } = (await readItem(key)) as { total: number }

  await whileStored(key, { total: total + 1 }, async () => {
    expect(await findWrong([user])).toContainEqual(
      expect.stringMatching(`of ${user}: expected totals .*"total_room":${total}.*got `),
    )
  })
})

test('a room that comes back after it was left is found', async () => {
  const { user, row } = findUnread()
  const key = rowKey(user, row.room_id)
  const before = (await readItem(key))!
  await leave(user, row.room_id)
  world.rooms[row.room_id - 1]!.leaves.push({
    email: user,
    room_id: row.room_id,
    left_at: new Date().toISOString(),
  })
  expect(await findWrong([user])).toEqual([])

  await whileStored(key, before, async () => {
    expect(await findWrong([user])).not.toEqual([])
  })
})

test('an event that is not applied is found until it is applied', async () => {
  const event = await applyUpToComment()

  expect(await findWrong()).not.toEqual([])
  await apply(event)
  expect(await findWrong()).toEqual([])
})

test('a 304 for a page that has changed is found', async () => {
  const staleGet: GetPage = async (user, path, headers) => {
    const response = await get(user, path)
    return response && headers ? { ...response, status: 304 } : response
  }
  const pages = new KeptPages(staleGet)
  expect(await findWrong(world.users, pages)).toEqual([])

  await apply(await applyUpToComment())

  expect(await findWrong()).toEqual([])
  expect(await findWrong(world.users, pages)).not.toEqual([])
})
