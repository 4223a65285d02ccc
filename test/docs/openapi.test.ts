import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { Validator } from '@seriousme/openapi-schema-validator'
import { parse } from 'yaml'
import { handler as listAllChats } from '../../functions/list-all-chats.ts'
import { handler as leaveChat } from '../../functions/leave-chat.ts'
import { handler as listPersonalChats } from '../../functions/list-personal-chats.ts'
import { store } from '../../lib/deps.ts'
import type { ErrorCode } from '../../lib/domain/errors.ts'
import { maxRoomsRead } from '../../lib/domain/listing.ts'
import { participantLimit } from '../../lib/domain/room-state.ts'
import { maxUnread } from '../../lib/domain/standing.ts'
import { routes } from '../../lib/routes.ts'
import { makeSyncToken } from '../../lib/store/rows/sync-token.ts'
import {
  apiDocument,
  apiDocumentText,
  apiOperations,
  type OperationId,
  type Schema,
} from '../support/api-document.ts'
import { call } from '../support/api-call.ts'
import type { ApiRequest } from '../support/api-event.ts'
import { failFirst, throttled, withFault } from '../support/faults.ts'
import { useTable } from '../support/inbox.ts'
import { quietErrors } from '../support/quiet-errors.ts'
import type { ApiResponse } from '../support/read-response.ts'

useTable()
quietErrors()

const written = parse(apiDocumentText) as { components: { schemas: object } }
const { schemas } = apiDocument.components

const readProjectFile = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'))

/** A schema and those of its fields and items, each with the path to it. */
const listParts = (schema: object, path: string): [string, Schema][] => [
  [path, schema],
  ...Object.entries(schema).flatMap(([key, part]) =>
    typeof part === 'object' && part !== null ? listParts(part as object, `${path}.${key}`) : [],
  ),
]
const parts = Object.entries(written.components.schemas).flatMap(([name, schema]) =>
  listParts(schema as object, name),
)

/** Every example of a response. */
const examples = [...apiOperations].flatMap(([id, { responses }]) =>
  Object.entries(responses).flatMap(([status, { content }]) =>
    Object.entries(content?.['application/json'].examples ?? {}).map(([name, { value }]) => ({
      id,
      status: Number(status),
      name,
      value: value as unknown,
    })),
  ),
)
/** API Gateway's errors are compared with the responses of the local gateway, in its tests. */
const errorExamples = examples.filter(({ status, name }) => status >= 400 && name !== 'gateway')

describe('the document', () => {
  test.each(['3.0.4', '3.1.0'])('is valid in version %s of OpenAPI', async (openapi) => {
    const { valid, errors } = await new Validator().validate({ ...written, openapi })

    expect({ valid, errors }).toEqual({ valid: true })
  })

  test('says the same to tools that read YAML 1.1', () => {
    expect(parse(apiDocumentText, { version: '1.1' })).toEqual(written)
  })

  test('has the version of the project', () => {
    expect(readProjectFile('package.json')).toMatchObject({ version: apiDocument.info.version })
  })

  test('has an operation for each route, named as its function', () => {
    const documented = Object.entries(apiDocument.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => ({
        method: method.toUpperCase(),
        path,
        functionName: operationId.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
      })),
    )

    expect(documented).toEqual(routes)
  })

  test.each([...apiOperations])('has for %s the errors of every endpoint', (_, { responses }) => {
    expect(Object.keys(responses)).toEqual(
      expect.arrayContaining(['401', '403', '429', '500', '503']),
    )
  })

  test.each([
    ['listPersonalChats', 'personal'],
    ['listGroupChats', 'group'],
    ['listAllChats', 'all'],
    ['leaveChat', 'leave'],
  ])('has for %s the response of docs/examples/%s.json alone', (operation, file) => {
    const successes = examples.filter(({ id, status }) => id === operation && status === 200)

    expect(successes.map(({ value }) => JSON.stringify(value))).toEqual([
      JSON.stringify(readProjectFile(`docs/examples/${file}.json`)),
    ])
  })
})

describe('an error', () => {
  const list = (request: ApiRequest = {}) => call(listPersonalChats, request)
  const listAll = (request: ApiRequest = {}) => call(listAllChats, request)
  const othersToken = makeSyncToken(store, 'somebody.else@example.com', {
    startedAt: Date.now(),
    totalIds: {},
    hasRows: false,
  })
  const leave = (request: ApiRequest = {}) => call(leaveChat, { method: 'POST', ...request })
  const json = { 'content-type': 'application/json' }

  /** For each error, the request that leads to its example. */
  const failures: Record<string, (id: OperationId) => Promise<ApiResponse>> = {
    invalid_page: () => list({ query: 'page=0' }),
    invalid_limit: () => list({ query: 'limit=101' }),
    invalid_cursor: () => list({ query: 'cursor=abc' }),
    invalid_unread: () => list({ query: 'unread=yes' }),
    invalid_archived: () => listAll({ query: 'archived=yes' }),
    invalid_pinned: () => listAll({ query: 'pinned=yes' }),
    invalid_since: () => listAll({ query: 'since=abc' }),
    sync_expired: () => listAll({ query: `since=${othersToken}` }),
    invalid_room_id: (id: OperationId) =>
      id === 'leaveChat' ? leave() : listAll({ query: 'room_id=abc' }),
    invalid_body: () => leave({ headers: json, body: 'room 5' }),
    forbidden: () => list({ claims: {} }),
    room_not_found: () => leave({ query: 'room_id=5' }),
    internal: () =>
      withFault(
        failFirst(1, 'Query', () => new Error('unforeseen')),
        list,
      ),
    unavailable: () => withFault(failFirst(Infinity, 'Query', throttled), list),
  } satisfies Record<ErrorCode, unknown>

  test.each(errorExamples)(
    'of $id, $status $name, has the response of the API as its example',
    async ({ id, status, name, value }) => {
      const response = await failures[name]!(id)

      expect(value).toEqual(response.body)
      expect(status).toBe(response.status)
    },
  )

  test('has one of the codes of the API, and each code has an example', () => {
    const codes = schemas['InboxError']!.properties!['data']!.properties!['code']!.enum!

    expect([...codes].sort()).toEqual(Object.keys(failures).sort())
    expect(new Set(errorExamples.map(({ name }) => name))).toEqual(new Set(codes))
  })
})

describe('the limits of', () => {
  const statusesAround = async (
    id: OperationId,
    name: string,
    ask: (query: string) => Promise<ApiResponse>,
  ) => {
    const { schema } = apiOperations
      .get(id)!
      .parameters.find((parameter) => parameter.name === name)!
    const { minimum, maximum } = schema as Required<Schema>
    const values = [minimum - 1, minimum, maximum, maximum + 1]
    const responses = await Promise.all(values.map((value) => ask(`${name}=${value}`)))
    return responses.map(({ status }) => status)
  }

  test('page are those that the API accepts', async () => {
    const list = (query: string) => call(listPersonalChats, { query: `${query}&limit=1` })

    expect(await statusesAround('listPersonalChats', 'page', list)).toEqual([400, 200, 200, 400])
  })

  test('limit are those that the API accepts', async () => {
    const list = (query: string) => call(listPersonalChats, { query })

    expect(await statusesAround('listPersonalChats', 'limit', list)).toEqual([400, 200, 200, 400])
  })

  test('room_id are those that the API accepts, although nobody is in these rooms', async () => {
    const leave = (query: string) => call(leaveChat, { method: 'POST', query })

    expect(await statusesAround('leaveChat', 'room_id', leave)).toEqual([400, 404, 404, 400])
  })

  test('page numbers are in its description', () => {
    const [page] = apiOperations.get('listPersonalChats')!.parameters

    expect(page).toMatchObject({
      description: expect.stringContaining(`≤ ${maxRoomsRead.toLocaleString('en')}.`),
    })
  })

  test('unread_count are those of the code', () => {
    expect(schemas['UnreadCount']).toMatchObject({
      maximum: maxUnread,
      description: expect.stringContaining(`up to ${maxUnread}`),
    })
  })

  test('the people in a personal room are those of the code', () => {
    expect(schemas['PersonalRoom']!.properties!['participants']!.maxItems).toBe(
      participantLimit.single,
    )
  })

  test.each(parts.filter(([, { format }]) => format === 'int64'))(
    '%s are those of an id',
    (_, id) => {
      expect(id.maximum).toBe(Number.MAX_SAFE_INTEGER)
    },
  )
})

/** Fields that only some responses have: their descriptions say which. */
const optionalFields: Record<string, string[]> = {
  MixedPageMeta: ['next_cursor', 'unread_comments', 'sync_token', 'removed_rooms'],
  MixedRoom: ['participants'],
}

test.each(parts.filter(([path, { properties }]) => properties && path !== 'LeaveRequest'))(
  '%s has all of its fields in every response, but those that are known to be optional',
  (path, { required, properties }) => {
    const isRequired = (name: string) => optionalFields[path]?.includes(name) !== true

    expect(required).toEqual(Object.keys(properties!).filter(isRequired))
  },
)
