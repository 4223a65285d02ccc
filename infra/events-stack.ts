import { CfnOutput, Duration, Validations } from 'aws-cdk-lib'
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch'
import { EventBus, Rule } from 'aws-cdk-lib/aws-events'
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets'
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { CfnPipe } from 'aws-cdk-lib/aws-pipes'
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { type AlarmRecipients, InboxAlarm, type InboxAlarmProps, tooMany } from './alarm.ts'
import { ownSource } from './context.ts'
import type { TableReference } from './data-stack.ts'
import { InboxFunction } from './inbox-function.ts'
import { InboxStack, type InboxStackProps } from './inbox-stack.ts'
import type { Settings } from './stages.ts'

interface EventsStackProps extends InboxStackProps, AlarmRecipients {
  table: TableReference
}

/** As often as a rule tries by itself, within the time that is given beside it. */
const retryAttempts = 185

/** A pipe tries again at once, so that any number would be used up long before the time beside it. */
const noLimit = -1

const tries = 5

/**
 * How chat events come in, bus → queue → function, and how leaves through the API go out, table →
 * pipe → the same bus. Whatever gets stuck on the way lies in a queue with an alarm.
 */
export class EventsStack extends InboxStack {
  readonly queue: Queue
  readonly deadLetterQueues: Queue[] = []
  readonly applyChatEvents: InboxFunction
  readonly alarms: InboxAlarm[] = []
  /** The pipe that tells leaves. */
  readonly pipeName: string
  readonly #bus: EventBus
  readonly #alarmTopicArn: string

  constructor(scope: Construct, id: string, props: EventsStackProps) {
    super(scope, id, props)
    const { settings, table, alarmTopicArn } = props
    this.#alarmTopicArn = alarmTopicArn
    this.#bus = new EventBus(this, 'Bus', { eventBusName: id })
    new CfnOutput(this, 'BusName', { value: this.#bus.eventBusName })
    this.queue = this.#queueEvents(settings)
    this.applyChatEvents = this.#applyEvents(settings, table, this.#queueAlarms())
    this.alarms.push(...this.applyChatEvents.alarms)
    this.pipeName = this.#tellLeaves(table)
    new CfnOutput(this, 'PipeName', { value: this.pipeName })
  }

  /** All that the chat backend sends: an event of an unknown type is to be refused, not lost. */
  #queueEvents({ eventSource }: Settings): Queue {
    const queue = this.#queue('Queue', {
      visibilityTimeout: Duration.minutes(6),
      deadLetterQueue: {
        queue: this.#deadLetterQueue('FailedEvents', {
          name: 'failed-events',
          description: `Events failed ${tries} times and are in FailedEvents: the log of apply-chat-events has their reasons, by message id. Mend what they say, then redrive the queue.`,
        }),
        maxReceiveCount: tries,
      },
    })
    const undelivered = this.#deadLetterQueue('UndeliveredEvents', {
      name: 'undelivered-events',
      description:
        'Events were on the bus but never reached the queue, and are in UndeliveredEvents: the attributes of each message say why. Mend the rule or the policy of the queue, then send their bodies to Queue: SQS redrives none that a rule has put there.',
    })
    acknowledgeDeadLetterQueue(undelivered, 'the target of the rule')
    new Rule(this, 'Incoming', {
      eventBus: this.#bus,
      eventPattern: { source: [eventSource] },
      targets: [
        new SqsQueue(queue, {
          retryAttempts,
          maxEventAge: Duration.hours(24),
          deadLetterQueue: undelivered,
        }),
      ],
    })
    return queue
  }

  /** @returns those that tell of a version that does not apply what it should */
  #queueAlarms(): InboxAlarm[] {
    // The function reports the messages that fail, which is no error of its own. In three of three
    // minutes, so that what is received in one and deleted in the next is nobody's failure.
    const failing = this.#alarm({
      name: 'failing-events',
      description: `5 % of the events, and at least ${tooMany} a minute, failed three minutes in a row; each is tried ${tries} times, every 6 minutes, before it goes to FailedEvents. The log of apply-chat-events has their reasons. Right after a deployment, go back to the commit before.`,
      metric: new MathExpression({
        label: 'failed, %',
        expression: `IF(received - applied >= ${tooMany}, 100 * (received - applied) / received, 0)`,
        usingMetrics: {
          received: this.queue.metricNumberOfMessagesReceived({ statistic: 'Sum' }),
          applied: this.queue.metricNumberOfMessagesDeleted({ statistic: 'Sum' }),
        },
        period: Duration.minutes(1),
      }),
      from: 5,
      times: 3,
    })
    // One message that fails is 5 to 18 minutes old, from its first retry until SQS stops counting
    // it, after the third: that is for failing-events and failed-events to tell.
    this.#alarm({
      name: 'event-lag',
      description:
        'Listings have been 5 minutes behind the chat for a quarter of an hour: if apply-chat-events fails or is throttled, another alarm says so; else more comes in than it can apply: raise eventConcurrency.',
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1) }),
      from: Duration.minutes(5).toSeconds(),
      times: 15,
    })
    return [failing]
  }

  #applyEvents(settings: Settings, table: TableReference, rollBackOn: InboxAlarm[]): InboxFunction {
    const { eventConcurrency, reservedConcurrency } = settings
    const applyChatEvents = new InboxFunction(this, 'apply-chat-events', {
      settings,
      table,
      alarmTopicArn: this.#alarmTopicArn,
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
      // Where calls are reserved at all, it has just as many as it is given batches.
      reservedConcurrency: reservedConcurrency === undefined ? undefined : eventConcurrency,
      rollBackOn,
    })
    applyChatEvents.alias.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: 100,
        maxBatchingWindow: Duration.seconds(1),
        maxConcurrency: eventConcurrency,
        reportBatchItemFailures: true,
      }),
    )
    return applyChatEvents
  }

  /**
   * The chat backend hears of a leave that it did not report: one by leaveRoom of
   * lib/store/leave-room.ts.
   * @returns the name of the pipe
   */
  #tellLeaves({ tableStreamArn }: TableReference): string {
    const untold = this.#deadLetterQueue('UntoldLeaves', {
      name: 'untold-leaves',
      description:
        'Leaves through the API were not told on the bus for 6 hours, and are lost to the chat backend in 18: UntoldLeaves has their places in the stream of the table. Read them there and tell them by hand.',
    })
    acknowledgeDeadLetterQueue(untold, 'the pipe')
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
    const pipe = new CfnPipe(this, 'Leaves', {
      roleArn: role.roleArn,
      source: tableStreamArn,
      sourceParameters: {
        dynamoDbStreamParameters: {
          // What is written while the pipe starts is told as well.
          startingPosition: 'TRIM_HORIZON',
          // A bus takes no more at a time.
          batchSize: 10,
          maximumRetryAttempts: noLimit,
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
    // EventBridge may disable a pipe that keeps failing, and sends no event about it:
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-error-troubleshooting.html
    // https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-pipes.html
    // So what a pipe no longer reports must not end this alarm.
    this.#alarm({
      name: 'failing-leaves',
      description:
        'Leaves through the API have not been told on the bus for 10 minutes: the pipe tries for 6 hours, then their places go to UntoldLeaves. EventBridge may disable a pipe that keeps failing, and this alarm may then be over although nothing is told: see that the CurrentState of the pipe is RUNNING. Its StateReason says what failed; mend the role of the pipe or the bus, then start the pipe.',
      metric: pipeMetric(pipe.ref, 'ExecutionFailed', Duration.minutes(5)),
      from: 1,
      times: 2,
      staysWithoutData: true,
    })
    return pipe.ref
  }

  /** Where what could not be handled waits for someone to look, which its alarm says. */
  #deadLetterQueue(id: string, alarm: { name: string; description: string }): Queue {
    const queue = this.#queue(id)
    this.deadLetterQueues.push(queue)
    this.#alarm({
      ...alarm,
      metric: queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      from: 1,
    })
    return queue
  }

  #alarm(props: Omit<InboxAlarmProps, keyof AlarmRecipients>): InboxAlarm {
    const alarm = new InboxAlarm(this, { ...props, alarmTopicArn: this.#alarmTopicArn })
    this.alarms.push(alarm)
    return alarm
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

/** One of https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-monitoring.html, added up. */
export const pipeMetric = (pipeName: string, metricName: string, period: Duration): Metric =>
  new Metric({
    namespace: 'AWS/EventBridge/Pipes',
    metricName,
    dimensionsMap: { PipeName: pipeName },
    statistic: 'Sum',
    period,
  })

const acknowledgeDeadLetterQueue = (queue: Queue, user: string): void => {
  Validations.of(queue).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason: `It is a dead-letter queue, of ${user}; the rule knows those of queues and functions only.`,
  })
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
