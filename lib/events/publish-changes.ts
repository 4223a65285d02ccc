import { setTimeout } from 'node:timers/promises'
import type {
  Context,
  DynamoDBBatchResponse,
  DynamoDBRecord,
  DynamoDBStreamEvent,
} from 'aws-lambda'
import pMap from 'p-map'
import type { Email } from '../domain/email.ts'
import { catchRefusal, EventRefused } from '../domain/errors.ts'
import type { Badge, Change, PublishedDetails } from '../domain/published.ts'
import { toTimestamp } from '../domain/time.ts'
import { logFailure, readRecords, reserveMs } from './messages.ts'

/** An event to publish. */
export type PublishedEvent = {
  [Type in keyof PublishedDetails]: { type: Type; detail: PublishedDetails[Type] }
}[keyof PublishedDetails]

/** Puts at most {@link putLimit} events on the bus. @returns for each, in order, why it was refused */
export type PutEvents = (
  events: PublishedEvent[],
  signal: AbortSignal,
) => Promise<(Error | undefined)[]>

/** The most events that one call of the bus takes. */
export const putLimit = 10

/** Of one batch at the same time. */
const concurrency = 8
/** A bus that throttles takes the events a moment later. What it still refuses then, Lambda delivers again. */
const rounds = 3
const longestPauseMs = 400

interface Publishing {
  findChange: (record: NonNullable<DynamoDBRecord['dynamodb']>) => Change | undefined
  putEvents: PutEvents
  /** Whether `inbox.changed` is published, besides leaves through the API. */
  withChanges: boolean
  /** Reads what `inbox.changed` says of all rooms of the user. Left out, it says nothing of them. */
  readBadge?: ((user: Email) => Promise<Badge>) | undefined
  random: () => number
}

/** A change with its place in the stream. */
interface Found {
  change: Change
  /** The sequence number of its record, by which Lambda delivers it again. */
  record: string
  storedAt: number
}

/** An event that is ready to be put, or why it is not. */
interface Prepared {
  record: string
  event: PublishedEvent | Error
}

/**
 * Makes the handler of the table's stream. It publishes leaves through the API, and what changed in a user's list: once
 * for each room of a user in a batch, as the last of its records shows it.
 *
 * An event that cannot be published is reported, so that Lambda delivers the batch again from its record on: events
 * behind it are published twice. If nothing of a batch could be published, the handler throws, because only that counts
 * as an error of the function, which an alarm sees. A record that cannot be understood is logged and left out, because
 * it would hold up all later ones.
 */
export const makePublishHandler =
  (publishing: Publishing) =>
  async (event: DynamoDBStreamEvent, context: Context): Promise<DynamoDBBatchResponse> => {
    const startedAt = performance.now()
    const records = readRecords(
      event,
      context,
      isStreamRecord,
      'publishes changes from the stream of its table: the event has no "Records" list of a DynamoDB stream',
    )
    const timeLeftMs = Math.max(0, context.getRemainingTimeInMillis() - reserveMs)
    const signal = AbortSignal.timeout(timeLeftMs)
    const found = keepNewest(findChanges(records, publishing, context))
    const prepared = await prepareEvents(
      found,
      publishing,
      AbortSignal.timeout(Math.floor(timeLeftMs / 2)),
    )
    const failures = await putAll(prepared, publishing, signal)
    logFailures(context, failures)
    console.log(
      JSON.stringify({
        level: 'INFO',
        requestId: context.awsRequestId,
        records: records.length,
        published: found.length - failures.size,
        failed: failures.size,
        durationMs: Math.round(performance.now() - startedAt),
      }),
    )
    if (failures.size > 0 && failures.size === found.length)
      throw new Error('nothing of the batch could be published: the log has the reasons')
    return {
      batchItemFailures: [...failures.keys()].map((itemIdentifier) => ({ itemIdentifier })),
    }
  }

/** A record of a stream as Lambda passes it to a function. */
export type StreamRecord = DynamoDBRecord & {
  dynamodb: NonNullable<DynamoDBRecord['dynamodb']> & { SequenceNumber: string }
}

const isStreamRecord = (record: unknown): record is StreamRecord =>
  typeof ((record ?? {}) as DynamoDBRecord).dynamodb?.SequenceNumber === 'string'

const findChanges = (
  records: StreamRecord[],
  { findChange, withChanges }: Publishing,
  context: Context,
): Found[] =>
  records.flatMap(({ dynamodb }): Found[] => {
    const { SequenceNumber: record, ApproximateCreationDateTime: seconds = 0 } = dynamodb
    const change = catchRefusal(() => findChange(dynamodb))
    if (change instanceof EventRefused) {
      logFailure(context, { sequenceNumber: record }, change)
      return []
    }
    if (change === undefined || (change.type === 'inbox.changed' && !withChanges)) return []
    return [{ change, record, storedAt: seconds * 1000 }]
  })

/** Keeps all leaves, and the newest change of each row. */
const keepNewest = (found: Found[]): Found[] => [
  ...new Map(
    found.map((one) => [
      one.change.type === 'inbox.changed' ? `${one.change.roomId} ${one.change.email}` : one.record,
      one,
    ]),
  ).values(),
]

/**
 * Reads the badge of each user once, after all rows of the batch were stored.
 * @param signal ends the reading, so that time is left for the events of the other users
 */
const prepareEvents = async (
  found: Found[],
  { readBadge }: Publishing,
  signal: AbortSignal,
): Promise<Prepared[]> => {
  const users = new Set(
    found.flatMap(({ change }) => (change.type === 'inbox.changed' ? [change.email] : [])),
  )
  const badges = new Map(
    readBadge &&
      (await pMap(
        users,
        async (user) =>
          [user, signal.aborted ? timeIsUp : await readBadge(user).catch(toError)] as const,
        { concurrency },
      )),
  )
  return found.map(({ change, record, storedAt }): Prepared => {
    if (change.type === 'participant.left') return { record, event: change }
    const { type, email, roomId, room } = change
    const badge = badges.get(email)
    if (badge instanceof Error) return { record, event: badge }
    const detail = {
      occurred_at: toTimestamp(storedAt),
      sequence: record.padStart(sequenceLength, '0'),
      email,
      room_id: roomId,
      ...room,
      ...badge,
    }
    return { record, event: { type, detail } }
  })
}

const timeIsUp = new Error('the time was up before the badge was read')

/** The most digits of a sequence number: with zeros before shorter ones, the order of the texts is theirs. */
const sequenceLength = 40

/** @returns why events were not published, by the sequence numbers of their records */
const putAll = async (
  prepared: Prepared[],
  { putEvents, random }: Publishing,
  signal: AbortSignal,
): Promise<Map<string, Error>> => {
  const failures = new Map<string, Error>()
  let ready: { record: string; event: PublishedEvent }[] = []
  for (const { record, event } of prepared)
    if (event instanceof Error) failures.set(record, event)
    else ready.push({ record, event })

  for (let round = 1; ready.length > 0; round += 1) {
    const groups = chunk(ready, putLimit)
    const outcomes = (
      await pMap(
        groups,
        (group) =>
          putEvents(
            group.map(({ event }) => event),
            signal,
          ).catch((error: unknown) => group.map(() => toError(error))),
        { concurrency },
      )
    ).flat()
    const refused = ready.flatMap((one, index) => {
      const error = outcomes[index]
      return error === undefined ? [] : [{ one, error }]
    })
    if (round === rounds || signal.aborted) {
      for (const { one, error } of refused) failures.set(one.record, error)
      return failures
    }
    ready = refused.map(({ one }) => one)
    if (ready.length > 0)
      await setTimeout(random() * longestPauseMs, undefined, { signal }).catch(() => undefined)
  }
  return failures
}

const chunk = <Each>(list: Each[], size: number): Each[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  )

const toError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(String(error))

/** Logs each reason once, because a bus that refuses everything does so for one reason. */
const logFailures = (context: Context, failures: Map<string, Error>): void => {
  const byReason = Map.groupBy(failures, ([, error]) => error.message)
  for (const failed of byReason.values()) {
    const [[sequenceNumber, error]] = failed as [[string, Error]]
    logFailure(context, { sequenceNumber, events: failed.length }, error)
  }
}
