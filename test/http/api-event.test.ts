import { describe, expect, test } from '@jest/globals'
import type { Context } from 'aws-lambda'
import fc from 'fast-check'
import type { ApiEvent } from '../../lib/http/api-event.ts'
import { makeHandler } from '../../lib/http/handler.ts'
import { makeJsonResponse } from '../../lib/http/response.ts'
import { apiEvent } from '../support/api-event.ts'
import { quietErrors } from '../support/quiet-errors.ts'

const log = quietErrors()
const identity = { identityClaim: 'email', requireVerifiedEmail: true, logSalt: 'a deployment' }
const handler = makeHandler(identity, () => Promise.resolve(makeJsonResponse(200, {}, {})))
const context = { awsRequestId: 'lambda-1', getRemainingTimeInMillis: () => 10_000 } as Context

const request = apiEvent({ email: 'somebody@example.com' })
const { requestContext } = request
const version1 = {
  version: '1.0',
  httpMethod: 'GET',
  path: '/chat/personal',
  headers: {},
  requestContext: { authorizer: { claims: { email: 'somebody@example.com' } } },
}

describe('an event that is not a request gets 500 internal with one line in the log', () => {
  test.each([
    ['null', null, /"version" is not "2\.0", so send/],
    ['a string', 'somebody@example.com', /"version" is not "2\.0"/],
    ['the test event of the console', {}, /"version" is not "2\.0"/],
    ['payload format 1.0', version1, /"version" is not "2\.0".*set the payload format/],
    ['no headers', { ...request, headers: undefined }, /no headers/],
    ['no context', { ...request, requestContext: null }, /no HTTP method/],
    ['no method', { ...request, requestContext: { ...requestContext, http: null } }, /method/],
    [
      'no authorizer',
      { ...request, requestContext: { ...requestContext, authorizer: undefined } },
      /no claims.*attach the authorizer/,
    ],
    [
      'another authorizer',
      { ...request, requestContext: { ...requestContext, authorizer: { lambda: {} } } },
      /no claims/,
    ],
  ])('%s', async (_, event, cause) => {
    const { statusCode, headers, body = '' } = await handler(event as ApiEvent, context)

    expect(statusCode).toBe(500)
    expect(headers['content-type']).toBe('application/json')
    expect(JSON.parse(body)).toMatchObject({ error: true, data: { code: 'internal', status: 500 } })
    expect(log.mock.calls.map(([line]) => JSON.parse(line))).toEqual([
      {
        level: 'ERROR',
        requestId: 'lambda-1',
        status: 500,
        code: 'internal',
        causes: [expect.stringMatching(cause)],
      },
    ])
    expect(String(log.mock.calls) + body).not.toMatch(/somebody|\n/)
  })
})

test('any event gets a response', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (event) => {
      expect((await handler(event as unknown as ApiEvent, context)).statusCode).toBe(500)
    }),
  )
})
