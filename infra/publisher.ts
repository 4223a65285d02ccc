import { Duration } from 'aws-cdk-lib'
import type { EventBus } from 'aws-cdk-lib/aws-events'
import { StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { rowPrefix, userPrefix } from '../lib/store/keys.ts'
import { publishedLeave } from '../lib/store/schema.ts'
import { addPublishingAlarms } from './alarms/publishing-alarms.ts'
import type { InboxAlarm, OnCall } from './alarms/inbox-alarm.ts'
import type { TableReference } from './data-stack.ts'
import { InboxFunction } from './inbox-function.ts'
import type { Settings } from './settings.ts'

interface PublisherProps {
  settings: Settings
  onCall: OnCall
  table: TableReference
  bus: EventBus
  timeout: Duration
  /** Receives the places in the stream of what could not be published. */
  unpublishedChanges: IQueue
}

/** Of a shard of the stream. A new version takes some seconds for the events of a batch if the bus throttles. */
const batchSize = 100

/**
 * Creates the function that publishes leaves through the API on the bus, because the chat backend does not know of
 * them, and what changed in the lists of users, if the stage wants that. It reads the stream of the table.
 */
export const createPublisher = (
  scope: Construct,
  { settings, onCall, table, bus, timeout, unpublishedChanges }: PublisherProps,
): { publishChanges: InboxFunction; alarms: InboxAlarm[] } => {
  const { changes, badges } = settings
  const publishChanges = new InboxFunction(scope, 'publish-changes', {
    settings,
    table,
    onCall,
    ...(badges && { onIndex: ['dynamodb:Query'] }),
    memorySize: 512,
    timeout,
    // Lambda runs it once at a time for each shard of the stream.
    reservedConcurrency: undefined,
    streamArn: table.tableStreamArn,
    sendsTo: unpublishedChanges,
    publishesOn: bus,
    environment: {
      BUS_NAME: bus.eventBusName,
      PUBLISH_CHANGES: String(changes),
      PUBLISH_BADGES: String(badges),
    },
    rollBackOn: [],
  })
  publishChanges.alias.addEventSourceMapping('Stream', {
    eventSourceArn: table.tableStreamArn,
    // Includes the changes that are written while the mapping starts.
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize,
    // Changes of a row that come in one batch are published once.
    ...(changes && { maxBatchingWindow: Duration.seconds(1) }),
    // An event that the bus does not take is tried until it is too old: later ones wait, so nothing is out of order.
    retryAttempts: -1,
    // The queue receives only places in the stream. The stream keeps its records for 24 hours, so that 18 hours are
    // left to read them. Records that are older when the mapping starts go to the queue too.
    maxRecordAge: Duration.hours(6),
    onFailure: new SqsDlq(unpublishedChanges),
    // If a record makes the function crash, the others of its batch are published.
    bisectBatchOnError: true,
    reportBatchItemFailures: true,
    filters: [leaveFilter, ...(changes ? [rowFilter] : [])].map((pattern) => ({
      pattern: JSON.stringify(pattern),
    })),
  })
  const alarms = addPublishingAlarms(scope, {
    publishChanges: publishChanges.function,
    unpublishedChanges,
    onCall,
  })
  return { publishChanges, alarms: [...publishChanges.alarms, ...alarms] }
}

const { mark, markValue } = publishedLeave

/**
 * Matches each change of a participant who has left through the API. The function finds the one that is the leave: AWS
 * does not document what a filter makes of a missing image.
 */
const leaveFilter = { dynamodb: { NewImage: { [mark]: { S: [markValue] } } } }

/** Matches the rows of all users. */
const rowFilter = {
  dynamodb: {
    Keys: { pk: { S: [{ prefix: userPrefix }] }, sk: { S: [{ prefix: rowPrefix }] } },
  },
}
