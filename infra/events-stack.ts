import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib'
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { EventBus, Rule } from 'aws-cdk-lib/aws-events'
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets'
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { CfnPipe } from 'aws-cdk-lib/aws-pipes'
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type { TableReference } from './data-stack.ts'
import { InboxFunction } from './inbox-function.ts'
import { ownSource, type Settings } from './stages.ts'

interface EventsStackProps extends StackProps {
  settings: Settings
  table: TableReference
}

/** As often as EventBridge tries by itself, within the time that is given beside it. */
const retryAttempts = 185

const tries = 5

/**
 * How chat events come in, bus → queue → function, and how leaves through the API go out, table →
 * pipe → the same bus. Whatever gets stuck on the way lies in a queue with an alarm.
 */
export class EventsStack extends Stack {
  readonly #bus: EventBus

  constructor(scope: Construct, id: string, { settings, table, ...props }: EventsStackProps) {
    super(scope, id, props)
    this.#bus = new EventBus(this, 'Bus', { eventBusName: id })
    new CfnOutput(this, 'BusName', { value: this.#bus.eventBusName })
    this.#applyEvents(this.#queueEvents(settings), settings, table)
    this.#tellLeaves(table)
  }

  /** All that the chat backend sends: an event of an unknown type is to be refused, not lost. */
  #queueEvents({ eventSource }: Settings): Queue {
    const queue = this.#queue('Queue', {
      visibilityTimeout: Duration.minutes(6),
      deadLetterQueue: {
        queue: this.#deadLetterQueue(
          'FailedEvents',
          `Events failed ${tries} times; the log of apply-chat-events has their reasons.`,
        ),
        maxReceiveCount: tries,
      },
    })
    new Rule(this, 'Incoming', {
      eventBus: this.#bus,
      eventPattern: { source: [eventSource] },
      targets: [
        new SqsQueue(queue, {
          retryAttempts,
          maxEventAge: Duration.hours(24),
          deadLetterQueue: this.#deadLetterQueue(
            'UndeliveredEvents',
            'Events are on the bus but never reached the queue.',
          ),
        }),
      ],
    })
    return queue
  }

  #applyEvents(queue: Queue, settings: Settings, table: TableReference): void {
    const applyChatEvents = new InboxFunction(this, 'apply-chat-events', {
      settings,
      table,
      // A transaction is authorized by the actions of its parts.
      onTable: [
        'dynamodb:BatchGetItem',
        'dynamodb:GetItem',
        'dynamodb:Query',
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
      ],
      memorySize: 1024,
      timeout: Duration.minutes(1),
    })
    applyChatEvents.function.addEventSource(
      new SqsEventSource(queue, {
        batchSize: 100,
        maxBatchingWindow: Duration.seconds(1),
        maxConcurrency: settings.eventConcurrency,
        reportBatchItemFailures: true,
      }),
    )
  }

  /** The chat backend hears of a leave that it did not report: one by leaveRoom of lib/store/leave-room.ts. */
  #tellLeaves({ tableStreamArn }: TableReference): void {
    const untold = this.#deadLetterQueue(
      'UntoldLeaves',
      'Leaves through the API were not told on the bus; the stream of the table has them for 24 hours.',
    )
    const allow = (actions: string[], resource: string) =>
      new PolicyStatement({ actions, resources: [resource] })
    const role = new Role(this, 'PipeRole', {
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
              tableStreamArn,
            ),
            allow(['events:PutEvents'], this.#bus.eventBusArn),
            allow(['sqs:SendMessage'], untold.queueArn),
          ],
        }),
      },
    })
    new CfnPipe(this, 'Leaves', {
      roleArn: role.roleArn,
      source: tableStreamArn,
      sourceParameters: {
        dynamoDbStreamParameters: {
          // What is written while the pipe starts is told as well.
          startingPosition: 'TRIM_HORIZON',
          // A bus takes no more at a time.
          batchSize: 10,
          maximumRetryAttempts: retryAttempts,
          // Its dead-letter queue gets places in the stream only: that leaves 18 hours to read them.
          maximumRecordAgeInSeconds: Duration.hours(6).toSeconds(),
          deadLetterConfig: { arn: untold.queueArn },
        },
        filterCriteria: { filters: [{ pattern: JSON.stringify(leftThroughApi) }] },
      },
      target: this.#bus.eventBusArn,
      targetParameters: {
        eventBridgeEventBusParameters: { source: ownSource, detailType: 'participant.left' },
        inputTemplate: leaveTemplate,
      },
    })
  }

  /** Where what could not be handled waits for someone to look, which its alarm says. */
  #deadLetterQueue(id: string, alarmDescription: string): Queue {
    const queue = this.#queue(id)
    queue
      .metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) })
      .createAlarm(this, `${id}Alarm`, {
        alarmDescription,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        threshold: 0,
        evaluationPeriods: 1,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      })
    return queue
  }

  #queue(id: string, props?: QueueProps): Queue {
    const queue = new Queue(this, id, {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      ...props,
    })
    new CfnOutput(this, `${id}Url`, { value: queue.queueUrl })
    return queue
  }
}

/**
 * The change that marks a participant: `left_through` stands on participants only, set by
 * lib/store/leave-room.ts and removed by whatever ends or overtakes such a leave. A filter asks
 * for the existence of values, hence for that of `S`.
 */
const leftThroughApi = {
  dynamodb: {
    NewImage: { left_through: { S: ['api'] } },
    OldImage: { left_through: { S: [{ exists: false }] } },
  },
}

/** What stands without quotes becomes JSON, quotes and escapes included. */
const leaveTemplate =
  '{"occurred_at": <$.dynamodb.NewImage.left_at.S>, "room_id": <$.dynamodb.NewImage.room_id.S>, "email": <$.dynamodb.NewImage.email.S>}'
