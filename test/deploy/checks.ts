import assert from 'node:assert/strict'
import { gunzipSync } from 'node:zlib'
import type { HttpsIssuer } from './issuer.ts'
import type { Answer, ChatEvent, Outside } from './outside.ts'
import { until } from './until.ts'

/** One check of the deployment. Checks run in order, because some depend on earlier ones. */
export interface Check {
  name: string
  look: (deployed: Deployed) => Promise<void>
}

export interface Deployed {
  outside: Outside
  issuer: HttpsIssuer
}

const deliveryLimitMs = 20_000
const failureLimitMs = 30_000
/** Shortens the six minutes between two tries. */
const shortVisibilitySeconds = '1'

const routes = ['GET /chat/personal', 'GET /chat/group', 'POST /chat/leave']

const participant = (id: number, username: string) => ({
  id,
  email: `${username.toLowerCase()}@example.com`,
  username,
  avatar_url: '',
})
const ann = participant(1, 'Ann')
const ben = participant(2, 'Ben')

const atMinute = (minute: number): string => `2026-01-05T09:${String(minute).padStart(2, '0')}:00Z`

const roomCreated = (room_id: number, room_type: string, room_name: string): ChatEvent => [
  'room.created',
  {
    occurred_at: atMinute(room_id % 100),
    room_id,
    room_type,
    room_name,
    room_avatar_url: '',
    participants: [ann, ben],
  },
]

const commentPosted = (comment_id: number, message: string): ChatEvent => [
  'comment.posted',
  {
    occurred_at: atMinute(comment_id),
    room_id: personalRoom,
    comment_id,
    email: ben.email,
    message,
  },
]

const personalRoom = 101
/** Newest first, and enough of them that the API compresses a page. */
const groups = [208, 207, 206, 205, 204, 203, 202, 201]
const foreignRoom = 301

const personalRoomOfAnn = {
  last_comment_id: 11,
  last_comment_message: 'Good morning',
  last_comment_timestamp: atMinute(11),
  participants: [
    { ...ann, last_comment_read_id: 0, last_comment_received_id: 0 },
    { ...ben, last_comment_read_id: 11, last_comment_received_id: 0 },
  ],
  room_avatar_url: '',
  room_id: personalRoom,
  room_name: ben.username,
  room_type: 'single',
  unread_count: 1,
}

export const checks: Check[] = [
  {
    name: '401 without a token, and with a malformed, expired, forged or foreign one, on every route',
    look: async ({ outside, issuer }) => {
      const refused = {
        none: undefined,
        malformed: 'no.token.atAll',
        expired: await issuer.token({ ...ann, expired: true }),
        forged: await issuer.forgedToken(ann),
        foreign: await issuer.token({ ...ann, claims: { aud: 'another-app' } }),
      }
      for (const route of routes)
        for (const [kind, token] of Object.entries(refused)) {
          const { status } = await outside.call(route, { ...(token !== undefined && { token }) })
          assert.equal(status, 401, `${route} with the token: ${kind}`)
        }
    },
  },
  {
    name: '403 with an address that is not verified',
    look: async (deployed) => {
      const answer = await as(ann, deployed, { email_verified: false })('GET /chat/personal')
      assertError(answer, 403, 'forbidden')
    },
  },
  {
    name: '404 for an unknown path or method, 400 for a wrong page',
    look: async (deployed) => {
      const call = as(ann, deployed)
      assert.equal((await call('GET /chat/rooms')).status, 404)
      assert.equal((await call('PUT /chat/group')).status, 404)
      assertError(await call('GET /chat/group?page=0'), 400, 'invalid_page')
    },
  },
  {
    name: 'an empty list for a caller who is in no room',
    look: async (deployed) => {
      const { status, document } = await as(ann, deployed)('GET /chat/personal')
      assert.equal(status, 200)
      assert.deepEqual(document, listing(1, 0, []))
    },
  },
  {
    name: 'events on the bus appear in the list of personal rooms',
    look: async (deployed) => {
      const { outside } = deployed
      await outside.putEvents([roomCreated(foreignRoom, 'group', 'Foreign')], 'chat-inbox')
      await outside.putEvents([roomCreated(foreignRoom, 'group', 'Foreign')], 'another-backend')
      await outside.putEvents([
        commentPosted(11, 'Good morning'),
        roomCreated(personalRoom, 'single', ''),
        ...groups.map((id) => roomCreated(id, 'group', `Group ${id}`)),
      ])
      const call = as(ann, deployed)
      await until('the room and its comment are listed', deliveryLimitMs, async () => {
        const { document } = await call('GET /chat/personal')
        assert.deepEqual(document, listing(1, 1, [personalRoomOfAnn]))
      })
    },
  },
  {
    name: 'events on the bus appear in the list of groups, page by page through Link',
    look: async (deployed) => {
      const call = as(ann, deployed)
      await until('all groups are listed', deliveryLimitMs, async () => {
        const { document } = await call('GET /chat/group')
        assert.deepEqual(roomIds(document), groups)
      })
      const found: unknown[] = []
      let next: string | undefined = '?limit=3'
      for (let page = 1; next !== undefined; page += 1) {
        const { document, headers }: Answer = await call(`GET /chat/group${next}`)
        assert.deepEqual(document.data.results.meta, { current_page: page, total_room: 8 })
        found.push(...roomIds(document))
        next = /^<(.*)>; rel="next"$/.exec(String(headers['link']))?.[1]
      }
      assert.deepEqual(found, groups)
    },
  },
  {
    name: 'unread=true lists the rooms with unread comments, and Unread-Comments counts these',
    look: async (deployed) => {
      const { document, headers } = await as(ann, deployed)('GET /chat/personal?unread=true')
      assert.deepEqual(document, listing(1, 1, [personalRoomOfAnn]))
      assert.equal(headers['unread-comments'], '1')
    },
  },
  {
    name: 'a list is compressed on request, and an unchanged list returns 304',
    look: async (deployed) => {
      const call = as(ann, deployed)
      const plain = await call('GET /chat/group')
      const zipped = await call('GET /chat/group', { headers: { 'accept-encoding': 'gzip' } })
      assert.equal(zipped.headers['content-encoding'], 'gzip')
      assert.deepEqual(JSON.parse(gunzipSync(zipped.bytes).toString()), plain.document)

      const known = { 'if-none-match': String(plain.headers.etag) }
      const { status, bytes } = await call('GET /chat/group', { headers: known })
      assert.deepEqual({ status, length: bytes.length }, { status: 304, length: 0 })
    },
  },
  {
    name: 'after a leave, the next list has no such room, and the other participant no longer sees the leaver',
    look: async (deployed) => {
      const left = await as(ann, deployed)(`POST /chat/leave?room_id=${personalRoom}`)
      assert.deepEqual([left.status, left.document], [200, { error: false }])

      const { document: anns } = await as(ann, deployed)('GET /chat/personal')
      assert.deepEqual(anns, listing(1, 0, []))
      const { document: bens } = await as(ben, deployed)('GET /chat/personal')
      const [room] = bens.data.results.rooms_info
      assert.deepEqual(
        [room.room_name, room.participants.map(({ username }: any) => username)],
        [ann.username, [ben.username]],
      )
    },
  },
  {
    name: 'a JSON body or a form leaves a group, once or twice; an unknown group returns 404',
    look: async (deployed) => {
      const call = as(ann, deployed)
      const leave = (type: string, body: string) =>
        call('POST /chat/leave', { headers: { 'content-type': type }, body })
      for (const answer of [
        await leave('application/json', '{"room_id": 201}'),
        await leave('application/x-www-form-urlencoded', 'room_id=202'),
        await leave('application/json', '{"room_id": 201}'),
      ])
        assert.deepEqual([answer.status, answer.document], [200, { error: false }])
      assertError(await call('POST /chat/leave?room_id=999'), 404, 'room_not_found')

      const { document } = await call('GET /chat/group')
      assert.deepEqual(roomIds(document), groups.slice(0, -2))
    },
  },
  {
    name: 'malformed events move to the dead-letter queue, and valid events in the same batch are applied',
    look: async (deployed) => {
      const { queue, failedEvents, putEvents } = deployed.outside
      await queue.setAttributes({ VisibilityTimeout: shortVisibilitySeconds })
      await putEvents([
        ['room.exploded', { room_id: personalRoom }],
        commentPosted(12, 'Are you there?'),
        ['comment.posted', { occurred_at: atMinute(13), message: 'in no room' }],
        commentPosted(14, 'Good night'),
      ])
      const call = as(ben, deployed)
      await until('the newest comment is listed', deliveryLimitMs, async () => {
        const { document } = await call('GET /chat/personal')
        assert.equal(document.data.results.rooms_info[0].last_comment_message, 'Good night')
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
  },
  {
    name: 'events of other sources, including chat-inbox, are not applied',
    look: async (deployed) => {
      const { document } = await as(ben, deployed)('GET /chat/group')
      assert.deepEqual(roomIds(document), groups)
    },
  },
]

/** @returns a function that calls the API as this person */
const as =
  ({ email }: { email: string }, { outside, issuer }: Deployed, claims = {}): Outside['call'] =>
  async (route, options) =>
    outside.call(route, { ...options, token: await issuer.token({ email, claims }) })

const listing = (current_page: number, total_room: number, rooms_info: object[]) => ({
  error: false,
  data: { results: { meta: { current_page, total_room }, rooms_info }, status: 200 },
})

const roomIds = (document: any): unknown[] =>
  document.data.results.rooms_info.map(({ room_id }: any) => room_id)

const assertError = ({ status, document }: Answer, expected: number, code: string): void => {
  assert.deepEqual([status, document?.error, document?.data?.code], [expected, true, code])
}
