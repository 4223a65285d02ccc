import { CfnOutput, Duration, Validations } from 'aws-cdk-lib'
import { EventBus, Rule } from 'aws-cdk-lib/aws-events'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import {
  DeduplicationScope,
  FifoThroughputLimit,
  Queue,
  QueueEncryption,
  type QueueProps,
} from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type { InboxAlarm, OnCall } from './alarms/inbox-alarm.ts'
import { addProjectionAlarms } from './alarms/projection-alarms.ts'
import { addQueueAlarms } from './alarms/queue-alarms.ts'
import type { TableReference } from './data-stack.ts'
import { InboxFunction } from './inbox-function.ts'
import { InboxStack, type InboxStackProps } from './inbox-stack.ts'
import { createPublisher } from './publisher.ts'

interface EventsStackProps extends InboxStackProps {
  onCall: OnCall
  table: TableReference
}

/** The default of a rule. The rule gives up earlier if the age of an event reaches its limit. */
const retryAttempts = 185

/** The time limit of the functions that receive messages. */
const timeLimit = Duration.minutes(1)
/**
 * After a failure, SQS delivers a message again after this time. Twice the time limit: no run still works on it, and
 * the messages of a room that DynamoDB throttled come back soon.
 */
const visibilityTimeout = Duration.minutes(2)
/** How often a message is received before it goes to the dead-letter queue: half an hour of failures. */
const maxReceiveCount = 15

/** How long a comment of a large group waits for others, so that the rows are written once for all of them. */
const projectionDelay = Duration.seconds(2)
/** A retry continues where the attempt before it stopped, so a group that is throttled gets through. */
const maxProjectionReceiveCount = 10
/** More runs at once do not help: while the table throttles, they only take write units from each other. */
const mostProjections = 5

/**
 * Chat events arrive by bus, queue and function, and a second queue and function project large groups. A third
 * function publishes leaves through the API, from the stream of the table to the same bus. Events that fail on the way
 * stay in a dead-letter queue with an alarm.
 */
export class EventsStack extends InboxStack {
  readonly queue: Queue
  readonly deadLetterQueues: Queue[]
  readonly applyChatEvents: InboxFunction
  /** The queue of requested projections of large groups. */
  readonly projections: Queue
  readonly projectLargeRooms: InboxFunction
  readonly publishChanges: InboxFunction
  readonly alarms: InboxAlarm[]

  constructor(scope: Construct, id: string, props: EventsStackProps) {
    super(scope, id, props)
    const { settings, table, onCall } = props
    const bus = new EventBus(this, 'Bus', { eventBusName: id })
    const failedEvents = this.#addQueue('FailedEvents')
    const undeliveredEvents = this.#addQueue('UndeliveredEvents')
    const unpublishedChanges = this.#addQueue('UnpublishedChanges')
    acknowledgeDeadLetterQueue(undeliveredEvents, 'the target of the rule')
    acknowledgeDeadLetterQueue(unpublishedChanges, 'an event source mapping')
    const failedProjections = this.#addQueue('FailedProjections', { fifo: true })
    this.deadLetterQueues = [failedEvents, undeliveredEvents, unpublishedChanges, failedProjections]
    this.queue = this.#addQueue('Queue', {
      visibilityTimeout,
      deadLetterQueue: { queue: failedEvents, maxReceiveCount },
    })

    this.projections = this.#addQueue('Projections', {
      fifo: true,
      // The messages of a room go to one run at a time. Rooms do not wait for each other.
      deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
      fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      deliveryDelay: projectionDelay,
      visibilityTimeout,
      deadLetterQueue: { queue: failedProjections, maxReceiveCount: maxProjectionReceiveCount },
    })

    // The rule takes every event of the chat backend: the function refuses unknown types, so that none is
    // lost silently.
    const rule = new Rule(this, 'Incoming', {
      eventBus: bus,
      eventPattern: { source: [settings.eventSource] },
    })
    this.#sendEvents(rule, undeliveredEvents)
    const { failingEvents, alarms: queueAlarms } = addQueueAlarms(this, {
      queue: this.queue,
      undeliveredEvents,
      onCall,
    })
    this.applyChatEvents = this.#addFunction(props, [failingEvents])

    const { failingProjections, alarms: projectionAlarms } = addProjectionAlarms(this, {
      queue: this.projections,
      onCall,
    })
    this.projectLargeRooms = this.#addProjections(props, [failingProjections])

    const { publishChanges, alarms: publishingAlarms } = createPublisher(this, {
      settings,
      table,
      onCall,
      bus,
      timeout: timeLimit,
      unpublishedChanges,
    })
    this.publishChanges = publishChanges
    this.alarms = [
      ...queueAlarms,
      ...this.applyChatEvents.alarms,
      ...projectionAlarms,
      ...this.projectLargeRooms.alarms,
      ...publishingAlarms,
    ]

    new CfnOutput(this, 'BusName', { value: bus.eventBusName })
  }

  /** Not CDK's own target, which would also let the rule read the attributes of the queue. */
  #sendEvents(rule: Rule, undeliveredEvents: Queue): void {
    rule.addTarget({
      bind: () => ({
        arn: this.queue.queueArn,
        deadLetterConfig: { arn: undeliveredEvents.queueArn },
        retryPolicy: {
          maximumRetryAttempts: retryAttempts,
          maximumEventAgeInSeconds: Duration.hours(24).toSeconds(),
        },
      }),
    })
    for (const queue of [this.queue, undeliveredEvents])
      queue.addToResourcePolicy(
        new PolicyStatement({
          principals: [new ServicePrincipal('events.amazonaws.com')],
          actions: ['sqs:SendMessage'],
          resources: [queue.queueArn],
          conditions: { ArnEquals: { 'aws:SourceArn': rule.ruleArn } },
        }),
      )
  }

  #addFunction(props: EventsStackProps, rollBackOn: InboxAlarm[]): InboxFunction {
    const { settings, table, onCall } = props
    const { eventConcurrency, reservedConcurrency } = settings
    const applyChatEvents = new InboxFunction(this, 'apply-chat-events', {
      settings,
      table,
      onCall,
      // IAM authorizes a transaction by the actions of its parts, and a batch by those of its statements.
      onTable: [
        'dynamodb:BatchGetItem',
        'dynamodb:GetItem',
        'dynamodb:Query',
        'dynamodb:PartiQLInsert',
        'dynamodb:PartiQLUpdate',
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
      ],
      // docs/benchmarks.md#memory-and-batches says why.
      memorySize: 1024,
      timeout: timeLimit,
      // A stage that reserves concurrency reserves as much as the queue uses.
      reservedConcurrency: reservedConcurrency === undefined ? undefined : eventConcurrency,
      queue: this.queue,
      sendsTo: this.projections,
      environment: { PROJECTIONS_URL: this.projections.queueUrl },
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

  #addProjections(props: EventsStackProps, rollBackOn: InboxAlarm[]): InboxFunction {
    const { settings, table, onCall } = props
    const { eventConcurrency, reservedConcurrency } = settings
    const concurrency = Math.min(eventConcurrency, mostProjections)
    const projectLargeRooms = new InboxFunction(this, 'project-large-rooms', {
      settings,
      table,
      onCall,
      onTable: [
        'dynamodb:GetItem',
        'dynamodb:Query',
        'dynamodb:PartiQLUpdate',
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
      ],
      memorySize: 1024,
      timeout: timeLimit,
      reservedConcurrency: reservedConcurrency === undefined ? undefined : concurrency,
      queue: this.projections,
      rollBackOn,
    })
    projectLargeRooms.alias.addEventSource(
      new SqsEventSource(this.projections, {
        batchSize: 10,
        maxConcurrency: concurrency,
        reportBatchItemFailures: true,
      }),
    )
    return projectLargeRooms
  }

  #addQueue(id: string, props?: QueueProps): Queue {
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

const acknowledgeDeadLetterQueue = (queue: Queue, user: string): void => {
  Validations.of(queue).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason: `It is the dead-letter queue of ${user}. The rule knows only the dead-letter queues of queues and functions.`,
  })
}
