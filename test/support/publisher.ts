import { afterAll, beforeAll, beforeEach } from '@jest/globals'
import type { Context, DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda'
import { openTableStream, type TableStream } from '../../commands/local/table-stream.ts'
import { EventsStack } from '../../infra/events-stack.ts'
import { store } from '../../lib/deps.ts'
import { type Bus, type BusEvent, startBus } from './bus.ts'
import { type EventPattern, matchesPattern } from './event-pattern.ts'
import { listNeeded, notePermissions } from './needed-permissions.ts'
import { onCall, propertiesOf, table, templateOf } from './templates.ts'

interface Options {
  changes?: boolean
  badges?: boolean
}

type Handler = (
  event: { Records: DynamoDBRecord[] },
  context: Context,
) => Promise<DynamoDBBatchResponse>

interface Publisher {
  bus: () => Bus
  /** @returns what the function needed of the table so far, as `listNeeded` does */
  listNeeded: () => string[]
  /** Reads the new records of the stream that the filter of the template lets through. */
  readStream: TableStream
  /** Invokes the function. @returns the sequence numbers that it reports */
  deliver: (records: DynamoDBRecord[], timeLeftMs?: number) => Promise<string[]>
  /** Runs work, and returns what is published of the changes that it made. */
  publishedBy: (work: () => Promise<unknown>) => Promise<BusEvent[]>
}

/**
 * Runs publish-changes for the stream of the test's table. The bus is a server that it reaches over HTTP. Call it after
 * `useTable`, before the function is imported otherwise.
 */
export const usePublisher = ({ changes = false, badges = false }: Options = {}): Publisher => {
  let bus: Bus
  let stream: TableStream
  let handler: Handler
  const passes = makeFilter({ changes, badges })
  beforeAll(async () => {
    bus = await startBus()
    process.env['AWS_ENDPOINT_URL_EVENTBRIDGE'] = bus.endpoint
    // config.ts has read the environment already.
    const { config } = await import('../../lib/config.ts')
    Object.assign(config, { busName: 'bus', withChanges: changes, withBadges: badges })
    handler = (await import('../../functions/publish-changes.ts')).handler
    stream = await openTableStream(store.tableName)
  })
  beforeEach(() => {
    bus.decide = () => []
    bus.events.length = 0
    bus.calls.length = 0
  })
  afterAll(() => {
    bus.close()
  })

  const readStream: TableStream = async () => (await stream()).filter(passes)
  const deliver: Publisher['deliver'] = async (Records, timeLeftMs = 60_000) => {
    const end = Date.now() + timeLeftMs
    const context = {
      awsRequestId: 'test',
      getRemainingTimeInMillis: () => end - Date.now(),
    } as Context
    const { batchItemFailures } = await notePermissions(handler, () =>
      handler({ Records }, context),
    )
    return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)
  }
  return {
    bus: () => bus,
    listNeeded: () => listNeeded(handler),
    readStream,
    deliver,
    publishedBy: async (work) => {
      await stream()
      const before = bus.events.length
      await work()
      const failed = await deliver(await readStream())
      if (failed.length > 0) throw new Error(`${failed.length} events were not published`)
      return bus.events.slice(before)
    },
  }
}

/** Makes the filter of the stage's template, which Lambda applies before it invokes the function. */
const makeFilter = (context: Options): ((record: DynamoDBRecord) => boolean) => {
  const template = templateOf(
    (app, settings) => new EventsStack(app, 'events', { settings, table, onCall }),
    { ...context },
  )
  const { FilterCriteria } = propertiesOf(template, 'AWS::Lambda::EventSourceMapping').find(
    ({ StartingPosition }) => StartingPosition !== undefined,
  )!
  const patterns = (FilterCriteria.Filters as { Pattern: string }[]).map(
    ({ Pattern }) => JSON.parse(Pattern) as EventPattern,
  )
  return (record) => patterns.some((pattern) => matchesPattern(pattern, record))
}
