import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** What Lambda reports if a function fails to start, to respond or to respond in time. */
export class FunctionError extends Error {
  readonly type: string

  constructor(type: string, message: string) {
    super(message)
    this.name = 'FunctionError'
    this.type = type
  }
}

/** An invocation as the runtime API hands it over. */
export interface Invocation {
  requestId: string
  functionArn: string
  /** Milliseconds since the epoch. */
  deadlineMs: number
  event: unknown
}

/** Lambda's side of the runtime API, for one process. */
export interface RuntimeApi {
  /** Host and port. */
  address: string
  /** Waits until the process asks for an invocation. @throws FunctionError if the function does not start */
  ready: () => Promise<unknown>
  /**
   * Hands an invocation over, and waits until the process has sent the result and asks for the next one.
   * @throws FunctionError if the function fails
   */
  invoke: (invocation: Invocation) => Promise<unknown>
  /** Reports that the process has ended, or is about to be ended. What it reported about its start takes precedence. */
  fail: (error: FunctionError) => void
  close: () => void
}

const root = '/2018-06-01/runtime'

/** A promise that may be rejected before anybody waits for it. */
const expectation = <T>() => {
  const expected = Promise.withResolvers<T>()
  expected.promise.catch(() => undefined)
  return expected
}

/**
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 * @param onIdle called when the process asks for an invocation
 */
export const startRuntimeApi = async (onIdle: () => void): Promise<RuntimeApi> => {
  let asking = expectation<ServerResponse>()
  let result = expectation<unknown>()
  let current = ''
  let initError: FunctionError | undefined

  /** @returns the status of the response */
  const receive = (path: string, body: string): number => {
    const message: unknown = JSON.parse(body)
    if (path === `${root}/init/error`) initError = toError(message)
    else if (path === `${root}/invocation/${current}/response`) result.resolve(message)
    else if (path === `${root}/invocation/${current}/error`) result.reject(toError(message))
    else return 400
    return 202
  }

  const server = createServer((request, response) => {
    const { method, url = '' } = request
    if (method === 'GET' && url === `${root}/invocation/next`) {
      asking.resolve(response)
      onIdle()
      return
    }
    void text(request).then((body) => {
      response.writeHead(receive(url, body)).end('{"status":"OK"}')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    ready: () => asking.promise,
    invoke: async ({ requestId, functionArn, deadlineMs, event }) => {
      const response = await asking.promise
      asking = expectation()
      result = expectation()
      current = requestId
      response
        .writeHead(200, {
          'content-type': 'application/json',
          'lambda-runtime-aws-request-id': requestId,
          'lambda-runtime-deadline-ms': String(deadlineMs),
          'lambda-runtime-invoked-function-arn': functionArn,
          'lambda-runtime-trace-id': 'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0',
        })
        .end(JSON.stringify(event))
      return result.promise.finally(() => asking.promise)
    },
    fail: (error) => {
      asking.reject(initError ?? error)
      result.reject(error)
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

const toError = (message: unknown): FunctionError => {
  const { errorType, errorMessage } = message as Record<string, string>
  return new FunctionError(errorType!, errorMessage!)
}
