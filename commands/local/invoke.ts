import { randomUUID } from 'node:crypto'
import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import { routeLimitSeconds } from '../../lib/routes.ts'
import type { ApiEvent } from './api-event.ts'

export type ApiResponse = APIGatewayProxyStructuredResultV2
export type ApiFunction = (event: ApiEvent, context: Context) => Promise<ApiResponse>

const limitMs = routeLimitSeconds * 1000

/** Makes the context of a call that begins now. */
export const makeContext = (timeLeftMs: number): Context => {
  const end = Date.now() + timeLeftMs
  return {
    awsRequestId: randomUUID(),
    getRemainingTimeInMillis: () => end - Date.now(),
  } as Context
}

/**
 * Invokes a function with the context and the time limit that Lambda gives it.
 * @returns undefined if the function throws or its time is up; the log says which
 */
export const invoke = async (
  handler: ApiFunction,
  event: ApiEvent,
): Promise<ApiResponse | undefined> => {
  const context = makeContext(limitMs)
  let timer: NodeJS.Timeout | undefined
  const timeIsUp = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => {
      console.error(`Task timed out after ${routeLimitSeconds} seconds`)
      resolve(undefined)
    }, limitMs)
  })
  try {
    return await Promise.race([handler(event, context), timeIsUp])
  } catch (error) {
    console.error(error)
    return undefined
  } finally {
    clearTimeout(timer)
  }
}
