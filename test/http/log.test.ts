import { afterAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { InboxError } from '../../lib/domain/errors.ts'
import { makeHandler } from '../../lib/http/handler.ts'
import { makeJsonResponse } from '../../lib/http/response.ts'
import { invoke } from '../support/invoke.ts'

const identity = { identityClaim: 'email', requireVerifiedEmail: true, logSalt: 'a deployment' }
const lines: any[] = []
const spies = (['log', 'error'] as const).map((level) =>
  jest.spyOn(console, level).mockImplementation((line: string) => {
    lines.push({ printedBy: level, ...JSON.parse(line) })
  }),
)
beforeEach(() => {
  lines.length = 0
})
afterAll(() => {
  for (const spy of spies) spy.mockRestore()
})

const fine = makeHandler(identity, () =>
  Promise.resolve(makeJsonResponse(200, { message: 'secret text' }, {})),
)
const failing = (error: Error) => makeHandler(identity, () => Promise.reject(error))

describe('a request logs one line', () => {
  test('with its id, route, status and duration', async () => {
    await invoke(fine)

    expect(lines).toEqual([
      {
        printedBy: 'log',
        level: 'INFO',
        requestId: 'request-1',
        route: 'GET /chat/personal',
        status: 200,
        durationMs: expect.any(Number),
        caller: expect.stringMatching(/^[\w-]{16}$/),
      },
    ])
  })

  test('with the error code of a refused request', async () => {
    await invoke(failing(new InboxError('invalid_page', 'page is "x"')))

    expect(lines).toMatchObject([{ level: 'INFO', status: 400, code: 'invalid_page' }])
    expect(lines[0]).not.toHaveProperty('causes')
  })

  test('with all causes of a failed request, as an error', async () => {
    const cause = new Error('table is gone')
    await invoke(failing(new TypeError('unforeseen', { cause })))

    expect(lines).toMatchObject([
      { printedBy: 'error', level: 'ERROR', status: 500, code: 'internal' },
    ])
    expect(lines[0].causes.join()).toMatch(/unforeseen.*table is gone/s)
  })

  test('without a caller if the token names none', async () => {
    await invoke(fine, { claims: {} })

    expect(lines).toMatchObject([{ status: 403, code: 'forbidden' }])
    expect(lines[0]).not.toHaveProperty('caller')
  })
})

describe('the hash of a caller', () => {
  const hashFor = async (email: string, logSalt = identity.logSalt): Promise<string> => {
    const handler = makeHandler({ ...identity, logSalt }, () =>
      Promise.resolve(makeJsonResponse(200, {}, {})),
    )
    await invoke(handler, { email })
    return lines.at(-1).caller
  }

  test('is the same for all spellings of one person’s address', async () => {
    expect(await hashFor('Me@example.com')).toBe(await hashFor('me@example.com'))
    expect(await hashFor('me@example.com')).not.toBe(await hashFor('you@example.com'))
    expect(await hashFor('kevin@example.com')).not.toBe(await hashFor('\u212aevin@example.com'))
  })

  test('differs between deployments', async () => {
    expect(await hashFor('me@example.com', 'another')).not.toBe(await hashFor('me@example.com'))
  })
})

test('a line contains no address, token or text of a message', async () => {
  await invoke(fine, { headers: { authorization: 'Bearer secret' } })
  await invoke(failing(new Error('crash')), { headers: { authorization: 'Bearer secret' } })

  expect(JSON.stringify(lines)).not.toMatch(/example\.com|secret/)
})
