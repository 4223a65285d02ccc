import { DynamoDBClient, type StreamViewType, UpdateTableCommand } from '@aws-sdk/client-dynamodb'
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record,
} from '@aws-sdk/client-dynamodb-streams'

/** Reads the records that were written since the last call. The first call reads all. */
export type Stream = () => Promise<_Record[]>

/** Gives the table of the engine a stream, and reads it from its beginning. */
export const openStream = async (tableName: string, view: StreamViewType): Promise<Stream> => {
  const { TableDescription } = await new DynamoDBClient().send(
    new UpdateTableCommand({
      TableName: tableName,
      StreamSpecification: { StreamEnabled: true, StreamViewType: view },
    }),
  )
  const StreamArn = TableDescription!.LatestStreamArn!
  const client = new DynamoDBStreamsClient({ endpoint: process.env['AWS_ENDPOINT_URL_DYNAMODB']! })
  const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn }))
  // The engine has one shard, so the records are in order.
  const [{ ShardId } = {}, ...others] = StreamDescription!.Shards!
  if (others.length > 0) throw new Error(`The stream has ${others.length + 1} shards instead of 1.`)
  let { ShardIterator } = await client.send(
    new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
  )
  return async () => {
    const records: _Record[] = []
    for (;;) {
      const { Records = [], NextShardIterator } = await client.send(
        new GetRecordsCommand({ ShardIterator }),
      )
      ShardIterator = NextShardIterator
      if (Records.length === 0) return records
      records.push(...Records)
    }
  }
}
