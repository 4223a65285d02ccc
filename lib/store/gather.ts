import { setTimeout } from 'node:timers/promises'
import { InboxError } from '../domain/errors.ts'
import { Contention } from './errors.ts'
import { formatKey, type Key } from './keys.ts'
import type { Outcome } from './together.ts'

/** One slow call must not hold up the rooms of all others. */
const longestWaitMs = 20

/** A request that waits for others of its moment. */
interface Waiting<Request> {
  request: Request
  settle: (outcome: Outcome) => void
  fail: (error: unknown) => void
}

/**
 * Makes a function that sends requests with others. It collects those that are made until Node has run everything that
 * is ready. A call that is not full then waits until no call is in flight, 20 ms at most, so that more requests can
 * join it.
 * @param most requests in a call
 * @param call sends requests of different items, and returns the outcome of each
 */
export const gather = <Request extends { key: Key }>(
  most: number,
  call: (requests: Request[]) => Promise<Outcome[]>,
): ((request: Request) => Promise<Outcome>) => {
  let waiting: Waiting<Request>[] = []
  let isScheduled = false
  let isTimerSet = false
  let callsInFlight = 0
  const flush = ({ isOverdue }: { isOverdue: boolean }) => {
    isScheduled = false
    const batches = split(waiting, most)
    waiting = []
    for (const batch of batches)
      if (batch.length === most || callsInFlight === 0 || isOverdue) void send(batch)
      else waiting.push(...batch)
    if (waiting.length > 0) void limitWait()
  }
  const limitWait = async () => {
    if (isTimerSet) return
    isTimerSet = true
    await setTimeout(longestWaitMs)
    isTimerSet = false
    flush({ isOverdue: true })
  }
  const schedule = () => {
    if (!isScheduled) setImmediate(flush, { isOverdue: false })
    isScheduled = true
  }
  const send = async (batch: Waiting<Request>[]): Promise<void> => {
    callsInFlight += 1
    await sendBatch(batch, call)
    callsInFlight -= 1
    if (waiting.length > 0) schedule()
  }
  return (request) =>
    new Promise((settle, fail) => {
      waiting.push({ request, settle, fail })
      schedule()
    })
}

/** Splits requests into batches that do not have an item twice. */
const split = <Request extends { key: Key }>(
  all: Waiting<Request>[],
  most: number,
): Waiting<Request>[][] => {
  const batches: Map<string, Waiting<Request>>[] = []
  for (const each of all) {
    const name = formatKey(each.request.key)
    const batch = batches.find((known) => known.size < most && !known.has(name))
    if (batch === undefined) batches.push(new Map([[name, each]]))
    else batch.set(name, each)
  }
  return batches.map((batch) => [...batch.values()])
}

const sendBatch = async <Request>(
  batch: Waiting<Request>[],
  call: (requests: Request[]) => Promise<Outcome[]>,
): Promise<void> => {
  const settleAll = (outcomes: Outcome[]) => {
    for (const [index, { settle }] of batch.entries()) settle(outcomes[index] ?? notDone)
  }
  try {
    // A request alone saves nothing.
    settleAll(batch.length === 1 ? [] : await call(batch.map(({ request }) => request)))
  } catch (error) {
    // If DynamoDB cannot be reached, calls of their own would only take longer to fail.
    const isUnreachable = error instanceof InboxError && !(error instanceof Contention)
    if (isUnreachable) for (const { fail } of batch) fail(error)
    else settleAll([])
  }
}

/** The outcome of a request that DynamoDB did not carry out. */
export const notDone: Outcome = { isDone: false, item: undefined }
