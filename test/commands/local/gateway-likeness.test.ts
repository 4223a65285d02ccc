/**
 * Compares the events and responses of the local gateway with those that AWS publishes. What is known to differ is
 * listed here, and nothing else may.
 *
 * Three things are not published. The local gateway does as follows: a preflight request of an origin that is not
 * allowed is 204 without CORS headers; CORS headers come on 401 and 404 as well, as they do on refusals of a Lambda
 * authorizer (https://github.com/aws/aws-sam-cli/issues/9087); and no response has `Vary: Origin`.
 *
 * One response has no counterpart: 403 for a `Host` that is not this machine (test/commands/local/serve-api.test.ts).
 */
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import type { FastifyInstance } from 'fastify'
import { createGateway } from '../../../commands/local/gateway.ts'
import { createIssuer, type Issuer } from '../../../commands/local/issuer.ts'

let issuer: Issuer
let app: FastifyInstance
let base: string
let event: Record<string, unknown>

beforeAll(async () => {
  issuer = await createIssuer('http://127.0.0.1:3999')
  const handler = (given: unknown) => {
    event = JSON.parse(JSON.stringify(given)) as Record<string, unknown>
    return Promise.resolve({ statusCode: 200, body: '{}' })
  }
  app = createGateway([{ method: 'POST', path: '/chat/leave', handler }], issuer)
  base = await app.listen({ port: 0, host: '127.0.0.1' })
})
beforeEach(() => {
  jest.spyOn(console, 'log').mockReturnValue()
})
afterAll(() => app.close())

const post = async (path: string, headers: Record<string, string>) => {
  const response = await fetch(`${base}${path}`, { method: 'POST', headers, body: 'Hello' })
  await response.text()
  return Object.fromEntries(response.headers)
}

/** The paths of all values, without what is inside a plural: headers, claims and parameters have any names. */
const pathsOf = (value: unknown, path = ''): string[] =>
  typeof value !== 'object' || value === null || Array.isArray(value) || path.endsWith('s')
    ? [path]
    : Object.entries(value).flatMap(([name, item]) =>
        pathsOf(item, path ? `${path}.${name}` : name),
      )

const typesOf = (value: Record<string, unknown>, paths: string[]) =>
  Object.fromEntries(
    paths.map((path) => [
      path,
      typeof path.split('.').reduce<any>((item, name) => item?.[name], value),
    ]),
  )

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
const publishedEvent = {
  version: '2.0',
  routeKey: '$default',
  rawPath: '/my/path',
  rawQueryString: 'parameter1=value1&parameter1=value2&parameter2=value',
  cookies: ['cookie1', 'cookie2'],
  headers: { Header1: 'value1', Header2: 'value1,value2' },
  queryStringParameters: { parameter1: 'value1,value2', parameter2: 'value' },
  requestContext: {
    accountId: '123456789012',
    apiId: 'api-id',
    authentication: { clientCert: { clientCertPem: 'CERT_CONTENT' } },
    authorizer: {
      jwt: {
        claims: { claim1: 'value1', claim2: 'value2' },
        scopes: ['scope1', 'scope2'],
      },
    },
    domainName: 'id.execute-api.us-east-1.amazonaws.com',
    domainPrefix: 'id',
    http: {
      method: 'POST',
      path: '/my/path',
      protocol: 'HTTP/1.1',
      sourceIp: 'IP',
      userAgent: 'agent',
    },
    requestId: 'id',
    routeKey: '$default',
    stage: '$default',
    time: '12/Mar/2020:19:03:58 +0000',
    timeEpoch: 1583348638390,
  },
  body: 'Hello from Lambda',
  pathParameters: { parameter1: 'value1' },
  isBase64Encoded: false,
  stageVariables: { stageVariable1: 'value1', stageVariable2: 'value2' },
}

const timeForm = /^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/
const traceForm = /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/

describe('an event', () => {
  const received = async () => {
    await post('/chat/leave?parameter1=value1&parameter1=value2', {
      authorization: `Bearer ${await issuer.token({ email: 'me@example.com' })}`,
      cookie: 'cookie1; cookie2',
      'content-type': 'text/plain',
    })
    return event
  }

  test('has the fields that AWS publishes, except those of features that this API does not use', async () => {
    const ours = pathsOf(await received())
    const published = pathsOf(publishedEvent)

    expect(ours.filter((path) => !published.includes(path))).toEqual([])
    expect(published.filter((path) => !ours.includes(path))).toEqual([
      'requestContext.authentication.clientCert.clientCertPem',
      'pathParameters',
      'stageVariables',
    ])
  })

  test('has values of the published types and forms', async () => {
    const ours = await received()
    const shared = pathsOf(ours)

    expect(publishedEvent.requestContext.time).toMatch(timeForm)
    expect(typesOf(ours, shared)).toEqual(typesOf(publishedEvent, shared))
    expect(ours).toMatchObject({
      version: publishedEvent.version,
      queryStringParameters: { parameter1: publishedEvent.queryStringParameters.parameter1 },
      cookies: publishedEvent.cookies,
      requestContext: {
        // No route of this API asks for scopes.
        authorizer: { jwt: { scopes: null } },
        stage: publishedEvent.requestContext.stage,
        time: expect.stringMatching(timeForm),
      },
    })
  })

  /** https://github.com/aws/aws-lambda-go/blob/main/events/testdata/apigw-v2-request-no-authorizer.json */
  test('has the headers that a published event of a request by curl has', async () => {
    const published = {
      accept: '*/*',
      'content-length': '0',
      host: 'aaaaaaaaaa.execute-api.us-west-2.amazonaws.com',
      'user-agent': 'curl/7.58.0',
      'x-amzn-trace-id': 'Root=1-5e9f0c65-1de4d666d4dd26aced652b6c',
      'x-forwarded-for': '1.2.3.4',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    }
    const { headers } = (await received()) as { headers: Record<string, string> }

    expect(published['x-amzn-trace-id']).toMatch(traceForm)
    expect(Object.keys(headers)).toEqual(expect.arrayContaining(Object.keys(published)))
    expect(headers['x-amzn-trace-id']).toMatch(traceForm)
  })
})

describe('a response has the headers that AWS publishes or callers have seen', () => {
  /** `date` and `connection` are those of the connection. */
  const namesOf = (headers: Record<string, string>) =>
    Object.keys(headers)
      .filter((name) => !['connection', 'keep-alive', 'date'].includes(name))
      .sort()

  /** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-jwt.html */
  test('a 401 for a token with another audience', async () => {
    const published = {
      'content-length': '26',
      'www-authenticate':
        'Bearer scope="" error="invalid_token" error_description="the token does not have a valid audience"',
      'apigw-requestid': 'Mc7UVioPPHcEKPA=',
    }
    const token = await issuer.token({ email: 'me', claims: { aud: 'other' } })
    const ours = await post('/chat/leave', { authorization: `Bearer ${token}` })

    expect(namesOf(ours)).toEqual(Object.keys(published).sort())
    expect(ours).toMatchObject({
      'content-length': published['content-length'],
      'www-authenticate': published['www-authenticate'],
      'apigw-requestid': expect.stringMatching(/^[\w-]{15}=$/),
    })
  })

  test('a 404 for an unknown path', async () => {
    const seen = {
      'content-type': 'application/json',
      'content-length': '23',
      'apigw-requestid': 'cPt3sgDxoAMEZ7w=',
    }
    const ours = await post('/chat/other', {})

    expect(namesOf(ours)).toEqual(Object.keys(seen).sort())
    expect(ours).toMatchObject({ ...seen, 'apigw-requestid': expect.any(String) })
  })

  test('a 200 of a function that sets no content type', async () => {
    const seen = {
      'content-type': 'text/plain; charset=utf-8',
      'content-length': '2',
      'apigw-requestid': 'VTzPsgmSoAMESdA=',
    }
    const token = await issuer.token({ email: 'me' })
    const ours = await post('/chat/leave', { authorization: `Bearer ${token}` })

    expect(namesOf(ours)).toEqual(Object.keys(seen).sort())
    expect(ours).toMatchObject({ ...seen, 'apigw-requestid': expect.any(String) })
  })
})
