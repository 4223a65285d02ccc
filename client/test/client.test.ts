import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { type Client, createClient } from '../src/index.ts'
import {
  abandonedChat,
  busyRoom,
  emptyList,
  errors,
  type Fixture,
  gatewayErrors,
  lastPage,
  left,
  makeListing,
  unchanged,
} from '../testing/index.ts'

const requestId = emptyList.headers['apigw-requestid']

interface Sent {
  request: string
  headers: Record<string, string>
  /** Milliseconds since the start of the test. */
  at: number
}

let sent: Sent[]
let startedAt: number

/** Sends these responses, the last one again and again. `undefined` never responds. */
const makeFetch =
  (...responses: (Fixture | Error | undefined)[]): typeof fetch =>
  (url, { method, headers, signal } = {}) =>
    new Promise((resolve, reject) => {
      sent.push({
        request: `${method} ${url as string}`,
        headers: headers as Record<string, string>,
        at: Date.now() - startedAt,
      })
      signal?.addEventListener('abort', () => {
        reject(new DOMException('aborted', 'AbortError'))
      })
      const response = responses.length > 1 ? responses.shift() : responses[0]
      if (response instanceof Error) reject(response)
      else if (response) resolve(toResponse(response))
    })

const toResponse = ({ status, headers, body }: Fixture): Response =>
  new Response(body && JSON.stringify(body), { status, headers })

const makeClient = (...responses: Parameters<typeof makeFetch>): Client =>
  createClient({
    baseUrl: 'https://api.example.com',
    getToken: () => 'token',
    fetch: makeFetch(...responses),
  })

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] })
  // The longest pauses.
  jest.spyOn(Math, 'random').mockReturnValue(1)
  sent = []
  startedAt = Date.now()
})
afterEach(() => {
  jest.useRealTimers()
  jest.restoreAllMocks()
})

/** Lets time pass until a request has its result. */
const finish = async <Result>(request: Promise<Result>): Promise<Result> => {
  const progress = { isDone: false }
  void request.finally(() => (progress.isDone = true))
  while (!progress.isDone) {
    await new Promise(setImmediate)
    await jest.advanceTimersByTimeAsync(100)
  }
  return request
}

describe('a request', () => {
  test.each<[string, (client: Client) => Promise<unknown>, string]>([
    ['of the first page', (client) => client.listRooms(), 'GET /chat/all'],
    [
      'of a page with a number',
      (client) => client.listRooms({ page: 2, limit: 50, unread: true }),
      'GET /chat/all?page=2&limit=50&unread=true',
    ],
    [
      'of a page behind a cursor',
      (client) => client.listRooms({ cursor: 'a-b_c', archived: false, pinned: undefined }),
      'GET /chat/all?cursor=a-b_c&archived=false',
    ],
    ['of changes', (client) => client.listChanges('a-b_c'), 'GET /chat/all?since=a-b_c'],
    ['of rooms', (client) => client.findRooms([1, 2]), 'GET /chat/all?room_id=1%2C2'],
    ['to leave', (client) => client.leaveRoom(5), 'POST /chat/leave?room_id=5'],
  ])('%s has its parameters and the token', async (_, send, expected) => {
    const client = createClient({
      baseUrl: 'https://api.example.com/',
      getToken: () => Promise.resolve('token'),
      fetch: makeFetch(emptyList),
    })

    await finish(send(client))

    const [method, path] = expected.split(' ') as [string, string]
    expect(sent).toEqual([
      {
        request: `${method} https://api.example.com${path}`,
        headers: { authorization: 'Bearer token' },
        at: 0,
      },
    ])
  })

  test('uses the global fetch if it is given no other', async () => {
    const spy = jest.spyOn(globalThis, 'fetch').mockImplementation(makeFetch(emptyList))
    const client = createClient({ baseUrl: 'https://api.example.com', getToken: () => 'token' })

    const page = await finish(client.listRooms())

    expect(page.kind).toBe('page')
    expect(spy).toHaveBeenCalledTimes(1)
  })
})

describe('the result', () => {
  test('of a first page has its rooms and what the next requests need', async () => {
    const fixture = makeListing(
      [busyRoom],
      { total_room: 21, next_cursor: 'next', sync_token: 'token-1', unread_comments: 999 },
      '"tag"',
    )

    expect(await finish(makeClient(fixture).listRooms({ limit: 1 }))).toEqual({
      kind: 'page',
      rooms: [busyRoom],
      total: 21,
      nextCursor: 'next',
      syncToken: 'token-1',
      unreadComments: 999,
      etag: '"tag"',
    })
  })

  test('of the last page has no cursor', async () => {
    expect(await finish(makeClient(lastPage).listRooms({ cursor: 'next' }))).toEqual({
      kind: 'page',
      rooms: [abandonedChat],
      total: 21,
      nextCursor: undefined,
      syncToken: undefined,
      unreadComments: undefined,
      etag: '"1"',
    })
  })

  test('of a page that is the same is that it is unchanged', async () => {
    const result = await finish(makeClient(unchanged).listRooms({ etag: '"1"' }))

    expect(result).toEqual({ kind: 'unchanged' })
    expect(sent[0]!.headers).toMatchObject({ 'if-none-match': '"1"' })
  })

  test('of changes has the rooms, the removed ones and the next token', async () => {
    const fixture = makeListing([busyRoom], { removed_rooms: [5], sync_token: 'token-2' })

    expect(await finish(makeClient(fixture).listChanges('token-1'))).toEqual({
      kind: 'changes',
      rooms: [busyRoom],
      removed: [5],
      syncToken: 'token-2',
    })
  })

  test('of rooms by id has those that are listed, and the ids of the others', async () => {
    const fixture = makeListing([busyRoom], { removed_rooms: [5] })

    expect(await finish(makeClient(fixture).findRooms([busyRoom.room_id, 5]))).toEqual({
      kind: 'rooms',
      rooms: [busyRoom],
      removed: [5],
    })
  })

  test('of a leave is that the user left', async () => {
    expect(await finish(makeClient(left).leaveRoom(5))).toEqual({ kind: 'left' })
  })

  test.each(Object.entries(errors))('of %s is a failure', async (code, fixture) => {
    const { status, body } = fixture
    const { message } = (body as { data: { message: string } }).data

    expect(await finish(makeClient(fixture).listRooms())).toEqual({
      kind: 'failure',
      code,
      status,
      message,
      requestId,
      retryAfter: code === 'unavailable' ? 1 : undefined,
    })
  })

  test.each(Object.entries(gatewayErrors))(
    'of the error %s of API Gateway has its status and its message',
    async (_, fixture) => {
      const { status, body } = fixture

      expect(await finish(makeClient(fixture).leaveRoom(5))).toEqual({
        kind: 'failure',
        code: 'gateway',
        status,
        message: (body as { message: string }).message,
        requestId,
        retryAfter: undefined,
      })
    },
  )

  test.each([
    ['a page of a proxy', new Response('<h1>Sign in</h1>', { status: 200 })],
    ['an empty response', new Response(null, { status: 204 })],
    ['JSON of something else', new Response('{"data":{"results":{}}}', { status: 200 })],
    ['a response 304 that nobody asked for', new Response(null, { status: 304 })],
    ['an error without JSON', new Response('<h1>Blocked</h1>', { status: 418 })],
  ])('of %s is a failure', async (_, response) => {
    const client = createClient({
      baseUrl: 'https://api.example.com',
      getToken: () => 'token',
      fetch: () => Promise.resolve(response),
    })

    expect(await finish(client.listRooms())).toMatchObject({
      kind: 'failure',
      code: 'unexpected',
      status: response.status,
      message: `The response has the status ${response.status}.`,
    })
  })
})

describe('a refused token', () => {
  /** The API accepts this token alone. */
  let accepted: string
  let token: string
  let refreshCount: number

  const fetchIfAccepted: typeof fetch = (url, init) => {
    const { authorization } = init!.headers as { authorization: string }
    const isAccepted = authorization === `Bearer ${accepted}`
    return makeFetch(isAccepted ? emptyList : gatewayErrors.unauthorized)(url, init)
  }
  let client: Client

  beforeEach(() => {
    accepted = 'token-1'
    token = 'token-0'
    refreshCount = 0
    client = createClient({
      baseUrl: 'https://api.example.com',
      getToken: async ({ refresh }) => {
        if (refresh) {
          await Promise.resolve()
          refreshCount += 1
          token = `token-${refreshCount}`
        }
        return token
      },
      fetch: fetchIfAccepted,
    })
  })

  test('is refreshed, and the request is repeated', async () => {
    expect(await finish(client.listRooms())).toMatchObject({ kind: 'page' })
    expect(refreshCount).toBe(1)
    expect(sent.map(({ headers }) => headers['authorization'])).toEqual([
      'Bearer token-0',
      'Bearer token-1',
    ])
  })

  test('is refreshed once for requests at the same time', async () => {
    const results = await finish(Promise.all([client.listRooms(), client.leaveRoom(5)]))

    expect(results.map(({ kind }) => kind)).toEqual(['page', 'left'])
    expect(refreshCount).toBe(1)
  })

  test('is refreshed once for a request whose response comes after that', async () => {
    const refused = client.leaveRoom(5)
    // The leave is refused later than the list.
    jest.spyOn(Response.prototype, 'text').mockImplementationOnce(async () => {
      await new Promise((resolve) => setTimeout(resolve, 2000))
      return ''
    })

    const results = await finish(Promise.all([refused, client.listRooms()]))

    expect(results.map(({ kind }) => kind)).toEqual(['left', 'page'])
    expect(refreshCount).toBe(1)
  })

  test('is a failure if the new one is refused too, and the next request asks for another', async () => {
    accepted = 'token-2'
    let refreshes = 0
    const forgetful = createClient({
      baseUrl: 'https://api.example.com',
      getToken: ({ refresh }) => (refresh ? `token-${(refreshes += 1)}` : 'token-0'),
      fetch: fetchIfAccepted,
    })

    expect(await finish(forgetful.listRooms())).toMatchObject({ kind: 'failure', status: 401 })
    expect(sent).toHaveLength(2)
    expect(await finish(forgetful.listRooms())).toMatchObject({ kind: 'page' })
  })

  test.each([
    ['an error', new Error('fetch failed'), 'fetch failed'],
    ['something else', 'no network', 'There is no token.'],
  ])('is asked for again if getToken throws %s', async (_, thrown, message) => {
    const getToken = jest.fn<() => Promise<string>>().mockRejectedValue(thrown)
    const api = { baseUrl: 'https://api.example.com', fetch: makeFetch(emptyList) }

    const result = await finish(createClient({ ...api, getToken }).listRooms())

    expect(result).toMatchObject({ kind: 'failure', code: 'no_response', status: 0, message })
    expect(getToken).toHaveBeenCalledTimes(6)
    expect(sent).toEqual([])
  })

  test('that is undefined says that nobody is signed in: no request is sent', async () => {
    const api = { baseUrl: 'https://api.example.com', fetch: makeFetch(emptyList) }

    const result = await createClient({ ...api, getToken: () => undefined }).listRooms()

    expect(result).toMatchObject({ kind: 'failure', code: 'no_token', status: 0 })
    expect(sent).toEqual([])
  })
})

describe('a request is sent again', () => {
  const times = () => sent.map(({ at }) => Math.floor(at / 1000))

  test.each([
    ['429', gatewayErrors.tooManyRequests],
    ['500', errors.internal],
    ['502', { ...gatewayErrors.internal, status: 502 }],
    ['503', gatewayErrors.unavailable],
    ['504', { ...gatewayErrors.internal, status: 504 }],
    ['no connection', new TypeError('fetch failed')],
  ])(
    'after %s, five times, with pauses of up to 1, 2, 4, 8 and 16 seconds',
    async (_, response) => {
      const result = await finish(makeClient(response).listRooms())

      expect(result.kind).toBe('failure')
      expect(times()).toEqual([0, 1, 3, 7, 15, 31])
    },
  )

  test('after random parts of the pauses', async () => {
    jest.mocked(Math.random).mockReturnValue(0.25)

    await finish(makeClient(errors.internal).listRooms())

    expect(sent.map(({ at }) => Math.floor(at / 250))).toEqual([0, 1, 3, 7, 15, 31])
  })

  test('after the seconds of Retry-After and the pause', async () => {
    const slow = { ...errors.unavailable, headers: { 'retry-after': '10' } }

    const result = await finish(makeClient(slow, emptyList).listRooms())

    expect(result.kind).toBe('page')
    expect(times()).toEqual([0, 11])
  })

  test('after 15 seconds without a response', async () => {
    const result = await finish(makeClient(undefined, emptyList).listRooms())

    expect(result.kind).toBe('page')
    expect(times()).toEqual([0, 16])
  })

  test.each([400, 403, 404, 410, 413])('not after %i', async (status) => {
    await finish(makeClient({ ...errors.invalid_page, status }, emptyList).listRooms())

    expect(sent).toHaveLength(1)
  })
})

describe('a request that is aborted', () => {
  const abortedFailure = { kind: 'failure', code: 'aborted', status: 0 }
  let controller: AbortController
  let getToken: jest.Mock<() => string>
  const makeAbortable = (fetch: typeof globalThis.fetch): Client =>
    createClient({ baseUrl: 'https://api.example.com', getToken, fetch })

  beforeEach(() => {
    controller = new AbortController()
    getToken = jest.fn(() => 'token')
  })

  test('before it is sent asks for no token', async () => {
    controller.abort()
    const client = makeAbortable(makeFetch(emptyList))

    expect(await finish(client.listRooms({}, controller.signal))).toMatchObject(abortedFailure)
    expect(getToken).not.toHaveBeenCalled()
  })

  test('while it gets its token is not sent', async () => {
    const client = makeAbortable(makeFetch(emptyList))
    getToken.mockImplementation(() => {
      controller.abort()
      return 'token'
    })

    expect(await finish(client.leaveRoom(5, controller.signal))).toMatchObject(abortedFailure)
    expect(sent).toEqual([])
  })

  test.each([
    ['while it waits for the response', undefined],
    ['in a pause', errors.internal],
  ])('%s ends at once', async (_, response) => {
    const client = makeAbortable(makeFetch(response))
    setTimeout(() => {
      controller.abort()
    }, 500)

    expect(await finish(client.listChanges('a', controller.signal))).toMatchObject(abortedFailure)
    expect(Date.now() - startedAt).toBeLessThan(1000)
    expect(getToken).toHaveBeenCalledTimes(1)
  })

  test('when its response arrives does not pause', async () => {
    const client = makeAbortable(() => {
      controller.abort()
      return Promise.resolve(toResponse(errors.internal))
    })

    expect(await finish(client.listRooms({}, controller.signal))).toMatchObject(abortedFailure)
    expect(Date.now() - startedAt).toBeLessThan(1000)
  })
})

test('a request leaves no timer behind', async () => {
  await finish(makeClient(errors.internal, emptyList).listRooms())

  expect(jest.getTimerCount()).toBe(0)
})
