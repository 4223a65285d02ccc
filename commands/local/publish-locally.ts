import { setTimeout } from 'node:timers/promises'
import pLimit from 'p-limit'
import { catchRefusal } from '../../lib/domain/errors.ts'
import type { Change } from '../../lib/domain/published.ts'
import {
  makePublishHandler,
  type PublishedEvent,
  type StreamRecord,
} from '../../lib/events/publish-changes.ts'
import { countUnread } from '../../lib/store/count-unread.ts'
import { findChange } from '../../lib/store/find-change.ts'
import { makeContext } from './invoke.ts'
import { closeTableStream, type OpenedStream, openTableStream } from './table-stream.ts'

const pollMs = 250
/** After failures, the wait doubles up to this. */
const longestPollMs = 2000
/** Of one call of the handler, as in infra/publisher.ts. */
const batchSize = 100
/** Of one run, so that those of a large import wait in the stream. */
const runSize = 1000
const limitMs = 60_000

interface Publishing {
  /** Receives the events, in place of a bus. */
  put: (events: PublishedEvent[]) => void
  /** Is called at the end of a run that published something, with its events. */
  onRun: (events: PublishedEvent[]) => void
  /** Is called if the publishing ends by itself, with a sentence that says why. */
  onEnd: (reason: string) => void
  /**
   * How many records the embedded engine keeps before the publishing ends. With 10,000, a write of an item takes some
   * milliseconds longer.
   */
  maxRecords?: number
  /** Ends the publishing. */
  signal?: AbortSignal
}

export interface Publisher {
  /** Runs work without publishing the changes that it makes and that are `hidden`. Others are published meanwhile. */
  runHidden: (work: () => Promise<void>, hidden: (change: Change) => boolean) => Promise<void>
}

/**
 * Publishes what changes in the table of the functions from now on, by the handler that a deployment has. It reads the
 * stream of the table as Lambda does: a batch with failures is delivered again from the first one on. If DynamoDB fails,
 * it goes on where it was. An engine that becomes slow with many records ends it.
 * @throws Error if the table has no stream and gets none
 */
export const publishLocally = async (
  tableName: string,
  { put, onRun, onEnd, maxRecords = 10_000, signal = new AbortController().signal }: Publishing,
): Promise<Publisher> => {
  // Imported here because it reads the environment when it is loaded.
  const { store } = await import('../../lib/deps.ts')
  let stream: OpenedStream | undefined = await openTableStream(tableName)
  /** Records that are read and not delivered. */
  let waiting: StreamRecord[] = []
  let published: PublishedEvent[] = []
  let isHidden: (change: Change) => boolean = () => false
  let failedRuns = 0
  /** Whether the stream has more records than it may, and whether it is turned off. */
  let mustClose = false
  let isFull = false

  const handle = makePublishHandler({
    findChange,
    putEvents: (events) => {
      put(events)
      published.push(...events)
      return Promise.resolve(events.map(() => undefined))
    },
    withChanges: true,
    readBadge: (user) => countUnread(store, user),
    random: store.random,
  })

  const isDone = () => isFull && waiting.length === 0
  /** In place of the filter of a deployment: the handler, which logs each call, is called if there is something to do. */
  const passes = ({ dynamodb }: StreamRecord): boolean => {
    const change = catchRefusal(() => findChange(dynamodb))
    return change instanceof Error || (change !== undefined && !isHidden(change))
  }
  /** @returns whether the stream may have more records */
  const read = async (): Promise<boolean> => {
    stream ??= await openTableStream(tableName)
    const records = await stream(runSize)
    waiting.push(...records.filter(passes))
    const newest = records.at(-1)?.dynamodb.SequenceNumber
    mustClose ||= stream.slowsWrites && Number(newest) > maxRecords
    if (mustClose) {
      await closeTableStream(tableName)
      isFull = true
      onEnd(
        `Nothing more is published after ${maxRecords} changes, because each would make the embedded DynamoDB slower: run npm start again to go on.`,
      )
    }
    return !isFull && records.length === runSize
  }
  /** @returns whether all that waits was delivered */
  const deliver = async (): Promise<boolean> => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, batchSize)
      const response = await handle({ Records: batch }, makeContext(limitMs)).catch(() => undefined)
      // The handler has logged why nothing could be published.
      if (response === undefined) return false
      const { batchItemFailures } = response
      const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
      const first = batch.findIndex(({ dynamodb }) => failed.has(dynamodb.SequenceNumber))
      waiting = waiting.slice(first === -1 ? batch.length : first)
      if (first !== -1) return false
    }
    return true
  }
  /** @returns whether another run has something to do now */
  const run = async (): Promise<boolean> => {
    if (isDone()) return false
    let hasMore = false
    let isDelivered = false
    try {
      // Without DynamoDB, this fails before the handler does.
      hasMore = !isFull && (await read())
      isDelivered = await deliver()
    } catch (error) {
      if (isPlaceLost(error)) {
        stream = undefined
        console.error(
          'The place in the stream of the table is lost: some changes are not published.',
        )
      }
      if (failedRuns === 0)
        console.error(
          `Nothing is published now, because DynamoDB fails (${String(error)}): trying again.`,
        )
    }
    failedRuns = isDelivered ? 0 : failedRuns + 1
    if (published.length > 0) onRun(published)
    published = []
    return hasMore && isDelivered
  }
  const oneAtATime = pLimit(1)
  const poll = async () => {
    while (!signal.aborted && !isDone()) {
      const waitMs = Math.min(pollMs * 2 ** failedRuns, longestPollMs)
      if (!(await oneAtATime(run)))
        await setTimeout(waitMs, undefined, { signal }).catch(() => undefined)
    }
  }
  void poll()

  return {
    runHidden: async (work, hidden) => {
      isHidden = hidden
      try {
        await work()
        // A run that failed is done again.
        while ((await oneAtATime(run)) || failedRuns > 0)
          await setTimeout(failedRuns > 0 ? pollMs : 0)
      } finally {
        isHidden = () => false
      }
    },
  }
}

/** The place in the stream is not valid any more, after a long sleep of this machine or if the table was made again. */
const isPlaceLost = (error: unknown): boolean =>
  error instanceof Error &&
  ['ExpiredIteratorException', 'ResourceNotFoundException', 'TrimmedDataAccessException'].includes(
    error.name,
  )
