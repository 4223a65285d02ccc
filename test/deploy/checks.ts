import assert from 'node:assert/strict'
import { toHttp, toTokenRequest } from '../support/api-event.ts'
import {
  chats,
  expectTheApi,
  groups,
  leftRooms,
  me,
  other,
  personalRooms,
  roomIds,
  roomsOf,
  type Send,
} from '../support/api-expectations.ts'
import { at, posted, roomCreated } from '../support/events.ts'
import { routes } from '../../lib/routes.ts'
import type { HttpsIssuer } from './issuer.ts'
import type { Outside, Published } from './outside.ts'
import { until } from './until.ts'

/** One check of the deployment. */
export interface Check {
  name: string
  look: () => Promise<void>
}

const deliveryLimitMs = 20_000
const failureLimitMs = 60_000
const projectionLimitMs = 40_000
const publishLimitMs = 20_000
/** Shortens the two minutes between two of the 15 tries. */
const shortVisibilitySeconds = '1'

const [room] = personalRooms as [number]
const foreign = roomCreated(301, 'group', [other], at(301))

/** Checks run in order, because some depend on earlier ones. */
export const makeChecks = (outside: Outside, issuer: HttpsIssuer): Check[] => {
  /** Sends a request with a token of the person whom it names. */
  const send: Send = async (request) => {
    const { method, url, ...sent } = toHttp(request)
    const token = await issuer.token(toTokenRequest(request))
    return outside.call(`${method} ${url}`, { ...sent, token })
  }
  const checks: Check[] = []
  const check = (name: string, look: Check['look']) => checks.push({ name, look })

  check(
    '401 without a token, and with a malformed, expired, forged or foreign one, on every route',
    async () => {
      const caller = { email: other }
      const refused = {
        none: undefined,
        malformed: 'no.token.atAll',
        expired: await issuer.token({ ...caller, expired: true }),
        forged: await issuer.forgedToken(caller),
        foreign: await issuer.token({ ...caller, claims: { aud: 'another-app' } }),
      }
      for (const { method, path } of routes)
        for (const [kind, token] of Object.entries(refused)) {
          const route = `${method} ${path}`
          const { status } = await outside.call(route, { ...(token !== undefined && { token }) })
          assert.equal(status, 401, `${route} with the token: ${kind}`)
        }
    },
  )

  check('404 for an unknown path or method', async () => {
    const token = await issuer.token({ email: other })
    for (const route of ['GET /chat/rooms', 'PUT /chat/group'])
      assert.equal((await outside.call(route, { token })).status, 404)
  })

  check('events on the bus appear in the lists', async () => {
    await outside.putEvents([foreign], 'chat-inbox')
    await outside.putEvents([foreign], 'another-backend')
    await outside.putEvents(chats)
    await until('all rooms and comments are listed', deliveryLimitMs, async () => {
      const personal = await send({ path: '/chat/personal', email: me })
      assert.deepEqual(roomIds(personal), personalRooms)
      assert.deepEqual(
        roomsOf(personal).map(({ unread_count }) => unread_count),
        [1, 1, 1, 1, 1, 1, 1, 0],
      )
      assert.deepEqual(roomIds(await send({ path: '/chat/group', email: me })), groups)
    })
  })

  let published: Published
  check('the backend gets a queue for what the inbox publishes', async () => {
    published = await outside.receivePublished()
  })

  expectTheApi(check, send)

  check('each leave through the API was published once, and no other', async () => {
    const findLeaves = async () =>
      (await published())
        .filter(({ 'detail-type': type }) => type === 'participant.left')
        .map(({ detail }) => `${String(detail['email'])} ${String(detail['room_id'])}`)
        .sort()
    const expected = leftRooms.map((roomId) => `${me} ${roomId}`).sort()
    await until('all leaves are published', publishLimitMs, async () => {
      assert.deepEqual(await findLeaves(), expected)
    })
  })

  check(
    'each room that was left is removed in inbox.changed, with the badge of the list',
    async () => {
      const unread = await send({ path: '/chat/all', query: 'unread=true', email: me })
      const { total_room, unread_comments } = unread.body.data.results.meta
      await until('the changes are published', publishLimitMs, async () => {
        const ofMe = (await published())
          .filter(({ 'detail-type': type }) => type === 'inbox.changed')
          .map(({ detail }) => detail)
          .filter(({ email }) => email === me)
          .toSorted((a, b) => (String(a['sequence']) < String(b['sequence']) ? -1 : 1))
        assert.deepEqual(
          ofMe.filter(({ removed }) => removed === true).map(({ room_id }) => room_id),
          leftRooms,
        )
        const { unread_rooms, unread_comments: comments } = ofMe.at(-1)!
        assert.deepEqual([unread_rooms, comments], [total_room, unread_comments])
      })
    },
  )

  check(
    'malformed events move to the dead-letter queue, and valid events in the same batch are applied',
    async () => {
      const { queue, failedEvents, putEvents } = outside
      await queue.setAttributes({ VisibilityTimeout: shortVisibilitySeconds })
      await putEvents([
        { type: 'room.exploded', room_id: room },
        posted(room, 12, other, at(5012), 'Are you there?'),
        { type: 'comment.posted', occurred_at: at(5013), message: 'in no room' },
        posted(room, 14, other, at(5014), 'Good night'),
      ])
      await until('the newest comment is listed', deliveryLimitMs, async () => {
        const response = await send({ path: '/chat/personal', email: other })
        assert.equal(roomsOf(response)[0]!.last_comment_message, 'Good night')
      })
      await until('both events are in the dead-letter queue', failureLimitMs, async () => {
        const events = (await failedEvents.peek()).map((body) => JSON.parse(body))
        assert.deepEqual(events.map((event) => event['detail-type']).sort(), [
          'comment.posted',
          'room.exploded',
        ])
        assert.ok(events.every(({ detail }) => detail.message !== 'Good night'))
      })
      const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } =
        await queue.attributes()
      assert.deepEqual(
        [ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible],
        ['0', '0'],
      )
    },
  )

  check(
    'a comment of a large group appears in the lists of all, and nothing is left to project',
    async () => {
      const people = Array.from({ length: 101 }, (_, index) => `crowd-${index}@example.com`)
      const [author, first, last] = [people[0]!, people[1]!, people.at(-1)!]
      await outside.putEvents([roomCreated(401, 'group', people, at(401))])
      await outside.putEvents([posted(401, 1, author, at(402), 'Welcome, everybody')])
      await until('the comment is in the first and the last list', projectionLimitMs, async () => {
        for (const email of [first, last]) {
          const [group] = roomsOf(await send({ path: '/chat/group', email }))
          assert.equal(group?.last_comment_message, 'Welcome, everybody')
          assert.equal(group.unread_count, 1)
        }
      })
      await until('the queue of projections is empty', projectionLimitMs, async () => {
        const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } =
          await outside.projections.attributes()
        assert.deepEqual(
          [ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible],
          ['0', '0'],
        )
      })
      assert.deepEqual(await outside.failedProjections.peek(), [])
    },
  )

  check('events of other sources, including chat-inbox, are not applied', async () => {
    const response = await send({ path: '/chat/group', email: other })
    assert.deepEqual(roomIds(response), groups)
  })

  return checks
}
