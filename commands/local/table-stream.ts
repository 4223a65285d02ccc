import { DescribeTableCommand, DynamoDBClient, UpdateTableCommand } from '@aws-sdk/client-dynamodb'
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams'
import type { AttributeValue } from 'aws-lambda'
import type { StreamRecord } from '../../lib/events/publish-changes.ts'

/**
 * Reads the records that were written since the last call that succeeded, in order.
 * @param limit how many at most; the next call reads the others
 */
export type TableStream = (limit?: number) => Promise<StreamRecord[]>

export type OpenedStream = TableStream & {
  /**
   * Whether each write takes longer the more records were written: the embedded engine keeps all of them, numbers them
   * from 1, and looks for the greatest number at each write.
   */
  slowsWrites: boolean
}

/** One call of the engine returns at most this many. */
const pageLimit = 1000

/**
 * Opens the stream of a table, for an engine on this machine. The table gets one if it has none. The first call reads
 * what is written from now on.
 */
export const openTableStream = async (tableName: string): Promise<OpenedStream> => {
  const endpoint = process.env['AWS_ENDPOINT_URL_DYNAMODB']
  const client = new DynamoDBStreamsClient(endpoint === undefined ? {} : { endpoint })
  const StreamArn = await findStream(tableName)
  /** Where each shard is read next. A shard that has ended has no iterator. */
  const shards = new Map<string, string | undefined>()
  const openNewShards = async (ShardIteratorType: 'LATEST' | 'TRIM_HORIZON') => {
    const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn }))
    for (const { ShardId } of StreamDescription?.Shards ?? []) {
      if (shards.has(ShardId!)) continue
      const command = new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType })
      shards.set(ShardId!, (await client.send(command)).ShardIterator)
    }
  }
  await openNewShards('LATEST')

  /** @param next receives where the shard is read next */
  const readShard = async (
    shardId: string,
    limit: number,
    next: Map<string, string | undefined>,
  ): Promise<StreamRecord[]> => {
    const records: StreamRecord[] = []
    let ShardIterator = shards.get(shardId)
    for (;;) {
      next.set(shardId, ShardIterator)
      const Limit = Math.min(limit - records.length, pageLimit)
      if (ShardIterator === undefined || Limit === 0) return records
      const { Records = [], NextShardIterator } = await client.send(
        new GetRecordsCommand({ ShardIterator, Limit }),
      )
      ShardIterator = NextShardIterator
      records.push(...Records.map(toLambdaRecord))
      if (Records.length === 0) {
        next.set(shardId, ShardIterator)
        return records
      }
    }
  }
  const read = async (limit = Infinity) => {
    const records: StreamRecord[] = []
    const readShards = async () => {
      const read: StreamRecord[] = []
      const next = new Map<string, string | undefined>()
      for (const shardId of shards.keys())
        read.push(...(await readShard(shardId, limit - records.length - read.length, next)))
      // Only now: a read that fails is done again from the start.
      for (const [shardId, iterator] of next) shards.set(shardId, iterator)
      records.push(...read)
    }
    await readShards()
    // A stream that is new may have no shard yet.
    if (shards.size === 0 || [...shards.values()].includes(undefined)) {
      await openNewShards('TRIM_HORIZON')
      await readShards()
    }
    return records
  }
  return Object.assign(read, { slowsWrites: StreamArn.includes(':dynoxide:') })
}

/** Turns the stream of a table off, so that writes make no records. */
export const closeTableStream = async (TableName: string): Promise<void> => {
  await new DynamoDBClient().send(
    new UpdateTableCommand({ TableName, StreamSpecification: { StreamEnabled: false } }),
  )
}

/**
 * @returns the ARN of the table's stream, which is enabled if necessary
 * @throws Error if the engine does not enable it
 */
const findStream = async (TableName: string): Promise<string> => {
  const client = new DynamoDBClient()
  const { Table } = await client.send(new DescribeTableCommand({ TableName }))
  if (Table?.StreamSpecification?.StreamEnabled) return Table.LatestStreamArn!
  const { TableDescription } = await client.send(
    new UpdateTableCommand({
      TableName,
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  )
  const arn = TableDescription?.LatestStreamArn
  if (arn === undefined) throw new Error('it has enabled no stream for the table')
  return arn
}

interface SdkRecord {
  dynamodb?:
    | {
        Keys?: object | undefined
        OldImage?: object | undefined
        NewImage?: object | undefined
        SequenceNumber?: string | undefined
        ApproximateCreationDateTime?: Date | undefined
      }
    | undefined
}

/** Lambda gives the time in seconds. The inbox stores no binary values, which would differ too. */
const toLambdaRecord = ({ dynamodb = {} }: SdkRecord): StreamRecord => {
  const { Keys, OldImage, NewImage, SequenceNumber, ApproximateCreationDateTime } = dynamodb
  return {
    dynamodb: {
      ...(Keys && { Keys: Keys as Record<string, AttributeValue> }),
      ...(OldImage && { OldImage: OldImage as Record<string, AttributeValue> }),
      ...(NewImage && { NewImage: NewImage as Record<string, AttributeValue> }),
      SequenceNumber: SequenceNumber!,
      ApproximateCreationDateTime: Math.floor(Number(ApproximateCreationDateTime ?? 0) / 1000),
    },
  }
}
