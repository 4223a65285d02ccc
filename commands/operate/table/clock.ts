import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { HttpResponse } from '@smithy/types'
import { CannotRun } from '../../command.ts'

/**
 * The largest accepted difference between this machine's clock and DynamoDB's. Each row carries the time of the clock
 * that wrote it, by which `since` finds what has changed. The overlap in sync-token.ts is for clocks that are off by
 * less than this.
 */
const maxDifferenceMs = 30_000

/** A Date header leaves out the milliseconds: half a second on average. */
const leftOutMs = 500

/**
 * Compares this machine's clock with DynamoDB's whenever a client receives a response.
 * @returns how far this machine was ahead at the last response, in milliseconds; NaN if it had no Date header
 */
export const watchClock = (client: DynamoDBClient): (() => number) => {
  let aheadMs = NaN
  client.middlewareStack.add(
    (next) => async (args) => {
      const sentAt = Date.now()
      const result = await next(args)
      // The Date is of some moment of the call: the middle is wrong by at most half of the time that the call takes.
      const middle = (sentAt + Date.now()) / 2
      const { date = '' } = (result.response as HttpResponse).headers
      aheadMs = middle - (Date.parse(date) + leftOutMs)
      return result
    },
    // Next to the network, so that it sees each try of a call by itself.
    { step: 'deserialize', priority: 'low' },
  )
  return () => aheadMs
}

/**
 * @param aheadMs as from {@link watchClock}; NaN is accepted, because not all engines send a Date header
 * @throws CannotRun if the clocks differ too much
 */
export const checkClock = (aheadMs: number): void => {
  const differenceMs = Math.abs(aheadMs)
  if (!(differenceMs > maxDifferenceMs)) return
  throw new CannotRun(
    `The clock of this machine is ${Math.ceil(differenceMs / 1000)} seconds ${aheadMs > 0 ? 'ahead of' : 'behind'} DynamoDB's, ` +
      `and at most ${maxDifferenceMs / 1000} are accepted: synchronize it, for example with NTP, and run the command again. Nothing was written.`,
  )
}
