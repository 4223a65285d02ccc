import { Duration } from 'aws-cdk-lib'
import type { EventBus } from 'aws-cdk-lib/aws-events'
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnPipe } from 'aws-cdk-lib/aws-pipes'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { publishedLeave } from '../lib/store/schema.ts'
import { publishedSource } from './context-values.ts'
import type { TableReference } from './data-stack.ts'

/** A pipe retries without a pause, so it would use up any number of retries long before its time limit. */
const unlimited = -1

interface LeavePipeProps {
  table: TableReference
  bus: EventBus
  /** The dead-letter queue of the pipe. */
  unpublishedLeaves: Queue
}

/**
 * Creates the pipe that publishes leaves through the API (lib/store/leave-room.ts) on the bus, because the
 * chat backend does not know of them. It reads them from the stream of the table.
 */
export const createLeavePipe = (scope: Construct, props: LeavePipeProps): CfnPipe => {
  const { table, bus, unpublishedLeaves } = props
  return new CfnPipe(scope, 'Leaves', {
    roleArn: createRole(scope, props).roleArn,
    source: table.tableStreamArn,
    sourceParameters: {
      dynamoDbStreamParameters: {
        // Includes the changes that are written while the pipe starts.
        startingPosition: 'TRIM_HORIZON',
        // The most that a bus accepts at a time.
        batchSize: 10,
        maximumRetryAttempts: unlimited,
        // The dead-letter queue receives only positions in the stream. The stream keeps its records for 24
        // hours, so that 18 hours are left to read them.
        maximumRecordAgeInSeconds: Duration.hours(6).toSeconds(),
        deadLetterConfig: { arn: unpublishedLeaves.queueArn },
      },
      filterCriteria: { filters: [{ pattern: JSON.stringify(leaveFilter) }] },
    },
    target: bus.eventBusArn,
    targetParameters: {
      eventBridgeEventBusParameters: { source: publishedSource, detailType: 'participant.left' },
      inputTemplate: detailTemplate,
    },
  })
}

const createRole = (scope: Construct, { table, bus, unpublishedLeaves }: LeavePipeProps): Role => {
  const allow = (actions: string[], resource: string) =>
    new PolicyStatement({ actions, resources: [resource] })
  return new Role(scope, 'PipeRole', {
    assumedBy: new ServicePrincipal('pipes.amazonaws.com'),
    inlinePolicies: {
      pipe: new PolicyDocument({
        statements: [
          allow(
            [
              'dynamodb:DescribeStream',
              'dynamodb:GetRecords',
              'dynamodb:GetShardIterator',
              'dynamodb:ListStreams',
            ],
            table.tableStreamArn,
          ),
          allow(['events:PutEvents'], bus.eventBusArn),
          allow(['sqs:SendMessage'], unpublishedLeaves.queueArn),
        ],
      }),
    },
  })
}

const { mark, markValue, leftAt, roomId, email } = publishedLeave

/**
 * Matches the change that sets the mark of a participant. Only participants have the mark, and whatever
 * ends or overtakes such a leave removes it. A filter can test only values for existence, hence the `S`.
 */
const leaveFilter = {
  dynamodb: {
    NewImage: { [mark]: { S: [markValue] } },
    OldImage: { [mark]: { S: [{ exists: false }] } },
  },
}

/** A path without quotes becomes JSON, with quotes and escapes. */
const detailTemplate = `{"occurred_at": <$.dynamodb.NewImage.${leftAt}.S>, "room_id": <$.dynamodb.NewImage.${roomId}.S>, "email": <$.dynamodb.NewImage.${email}.S>}`
