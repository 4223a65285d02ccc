/**
 * Replaces the native part of AWS's runtime client (its src/native/rapid-client.cc), which is the HTTP
 * client of the runtime API: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
import { type IncomingHttpHeaders, request } from 'node:http'
import { text } from 'node:stream/consumers'

const root = `http://${process.env['AWS_LAMBDA_RUNTIME_API']!}/2018-06-01/runtime/invocation`

interface RuntimeResponse {
  headers: IncomingHttpHeaders
  body: string
}

const call = async (
  method: 'GET' | 'POST',
  path: string,
  body = '',
  headers: Record<string, string> = {},
): Promise<RuntimeResponse> => {
  const { promise, resolve, reject } = Promise.withResolvers<RuntimeResponse>()
  request(`${root}/${path}`, { method, headers }, (response) => {
    text(response).then((body) => {
      resolve({ headers: response.headers, body })
    }, reject)
  })
    .on('error', reject)
    .end(body)
  return promise
}

/** The native part sends a result before it returns. Here, the next invocation waits for it. */
let sent: Promise<unknown> = Promise.resolve()

/** Waits for the next invocation. */
export const next = async () => {
  await sent
  const { headers, body } = await call('GET', 'next')
  return { headers, bodyJson: body }
}

export const done = (id: string, body: string): void => {
  sent = call('POST', `${id}/response`, body, { 'content-type': 'application/json' })
}

export const error = (id: string, body: string, xrayCause: string): void => {
  sent = call('POST', `${id}/error`, body, {
    'content-type': 'application/json',
    'lambda-runtime-function-xray-error-cause': xrayCause,
  })
}
