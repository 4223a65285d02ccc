import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import type { ApiRequest } from '../support/api-event.ts'
import type { OperationId } from '../support/api-document.ts'
import { expectDocumented } from '../support/documented.ts'
import { at, named, posted, roomCreated } from '../support/events.ts'
import { type ApiAnswer, readAnswer } from '../support/read-answer.ts'
import type { ExecutionEnvironment } from './execution-environment.ts'
import { makeBatch, makeRequest, publishedRequest, toMessage } from './payloads.ts'
import type { Tested } from './tested.ts'

const me = 'ann@example.com'
const other = 'ben@example.com'
const text = 'See you at the station'
/** Enough of them that a page is worth compressing. */
const personalRooms = [101, 102, 103, 104, 105, 106, 107, 108]
const groups = [201, 202, 203]

export const testApi = (tested: Tested): void => {
  const api = {} as Record<OperationId, ExecutionEnvironment>

  before(async () => {
    const { start } = tested.lambda
    const [queue, listPersonalChats, listGroupChats, leaveChat] = await Promise.all([
      start('apply-chat-events'),
      start('list-personal-chats'),
      start('list-group-chats'),
      start('leave-chat'),
    ])
    Object.assign(api, { listPersonalChats, listGroupChats, leaveChat })
    const events = [
      ...personalRooms.map((id) => roomCreated(id, 'single', [me, other], at(id))),
      ...groups.map((id) => roomCreated(id, 'group', [me, other], at(id))),
      ...personalRooms.map((id) => posted(id, 1, other, at(1000 + id), text)),
    ]
    assert.deepEqual(await queue.invoke(makeBatch(events.map(toMessage))), {
      batchItemFailures: [],
    })
  })

  /** Expects an answer that docs/openapi.yaml describes. */
  const call = async (operation: OperationId, event: unknown): Promise<ApiAnswer> => {
    const answer = readAnswer(await api[operation].invoke(event))
    expectDocumented(operation, answer)
    return answer
  }
  const list = (query = '', headers: Record<string, string> = {}) =>
    call('listPersonalChats', makeRequest({ email: me, query, headers }))
  const listGroups = (query = '') =>
    call('listGroupChats', makeRequest({ path: '/chat/group', email: me, query }))
  const leave = (request: ApiRequest) =>
    call('leaveChat', makeRequest({ method: 'POST', path: '/chat/leave', email: me, ...request }))

  test('the request that AWS publishes is refused, because its token has no address', async () => {
    for (const operation of Object.keys(api) as OperationId[]) {
      const { status, body } = await call(operation, publishedRequest)
      assert.deepEqual([status, body.data.code], [403, 'forbidden'])
    }
  })

  test('a list has what the queue brought, and is the same with br, gzip and neither', async () => {
    const plain = await list()
    assert.equal(plain.status, 200)
    assert.equal(plain.headers['content-encoding'], undefined)
    assert.deepEqual(roomIds(plain), personalRooms.toReversed())
    const [room] = plain.body.data.results.rooms_info
    assert.deepEqual([room.last_comment_message, room.unread_count], [text, 1])
    for (const coding of ['br', 'gzip']) {
      const answer = await list('', { 'accept-encoding': coding })
      assert.equal(answer.headers['content-encoding'], coding)
      assert.equal(answer.text, plain.text)
    }
  })

  test('an unchanged list is a 304 without a body', async () => {
    const { headers } = await list()
    const { status, text } = await list('', {
      'accept-encoding': 'br',
      'if-none-match': headers['etag']!,
    })
    assert.deepEqual({ status, text }, { status: 304, text: '' })
  })

  test('the next page is behind the link', async () => {
    const first = await listGroups('limit=2')
    const [, query] = /^<\?(.*)>; rel="next"$/.exec(first.headers['link']!)!
    const second = await listGroups(query)
    assert.deepEqual([roomIds(first), roomIds(second)], [[203, 202], [201]])
  })

  test('a wrong page, limit or cursor is a 400', async () => {
    for (const [query, code] of [
      ['page=0', 'invalid_page'],
      ['limit=1,2', 'invalid_limit'],
      ['cursor=none', 'invalid_cursor'],
    ] as const) {
      const { status, body } = await list(query)
      assert.deepEqual([status, body.data.code], [400, code])
    }
  })

  test('an address that is not verified is a 403', async () => {
    const claims = { email: me, email_verified: 'false' }
    const { status } = await call('listPersonalChats', makeRequest({ claims }))
    assert.equal(status, 403)
  })

  test('a leave by JSON, by a form in base64 and by query with an empty body in base64', async () => {
    const form = Buffer.from('room_id=102').toString('base64')
    for (const request of [
      { headers: { 'content-type': 'application/json' }, body: '{"room_id": 101}' },
      {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: form,
        isBase64Encoded: true,
      },
      { query: 'room_id=103', body: '', isBase64Encoded: true },
    ]) {
      const { status, body } = await leave(request)
      assert.deepEqual([status, body], [200, { error: false }])
    }
    assert.deepEqual(roomIds(await list()), [108, 107, 106, 105, 104])
  })

  test('a leave with a wrong body is a 400, one of an unknown room a 404', async () => {
    const body = Buffer.from([0xff]).toString('base64')
    const headers = { 'content-type': 'application/json' }
    const wrong = await leave({ headers, body, isBase64Encoded: true })
    assert.deepEqual([wrong.status, wrong.body.data.code], [400, 'invalid_body'])
    const unknown = await leave({ query: 'room_id=999' })
    assert.deepEqual([unknown.status, unknown.body.data.code], [404, 'room_not_found'])
  })

  test("the console's test event is a 500, and the log says what the function expects", async () => {
    for (const operation of Object.keys(api) as OperationId[]) {
      const { status } = await call(operation, { key1: 'value1' })
      assert.equal(status, 500)
      assert.match(api[operation].log().at(-1)!.message, /answers requests of an API Gateway/)
    }
  })
}

const roomIds = ({ body }: ApiAnswer): number[] =>
  body.data.results.rooms_info.map(({ room_id }: { room_id: number }) => room_id)

/** What no log may contain. */
export const personal = [me, other, text, named(me).username, named(other).username]
