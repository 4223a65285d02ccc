import { join } from 'node:path'
import type { Duration } from 'aws-cdk-lib'
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch'
import type { EventBus } from 'aws-cdk-lib/aws-events'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import {
  Alias,
  Architecture,
  type IFunction,
  type IVersion,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda'
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import type { FunctionEnvironment } from '../lib/config.ts'
import { inboxIndex } from '../lib/store/schema.ts'
import { addFunctionAlarms, addLongRunsAlarm } from './alarms/function-alarms.ts'
import type { InboxAlarm, OnCall } from './alarms/inbox-alarm.ts'
import { bundling, entryOf, projectRoot } from './bundling.ts'
import { Canary } from './canary.ts'
import type { TableReference } from './data-stack.ts'
import type { Settings } from './settings.ts'
import { removalPolicyOf } from './stages.ts'

/** Everything that a function may do to the data. */
export interface Permissions {
  onTable?: string[]
  onIndex?: string[]
}

interface InboxFunctionProps extends Permissions {
  onCall: OnCall
  settings: Settings
  table: TableReference
  memorySize: number
  timeout: Duration
  /** Undefined where the function shares the unreserved concurrency of the account. */
  reservedConcurrency: number | undefined
  /** Undefined if the function keeps no environments ready. */
  provisionedConcurrency?: number | undefined
  environment?: Omit<FunctionEnvironment, 'TABLE_NAME'>
  /** The queue whose messages Lambda receives and deletes with the role of the function. */
  queue?: IQueue
  /** The stream that Lambda reads with the role of the function. */
  streamArn?: string
  /** The queue that the function, or Lambda in its name, sends messages to. */
  sendsTo?: IQueue
  /** The bus that the function puts events on. */
  publishesOn?: EventBus
  /** The alarms that roll back a new version, besides the errors of the function. */
  rollBackOn: IAlarm[]
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const receiveMessages = ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage']

/** https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-eventsourcemapping.html */
const readStream = [
  'dynamodb:DescribeStream',
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'dynamodb:ListStreams',
]

/**
 * A deployed file of functions/. Each function has its own log group and its own role, so that no function
 * has the permissions of another. All calls go to the alias, which decides which version runs.
 */
export class InboxFunction extends Construct {
  /** The function as a whole, whichever version is called. */
  readonly function: IFunction
  /** The alias that receives the calls. */
  readonly alias: IFunction
  readonly isProvisioned: boolean
  readonly alarms: InboxAlarm[]

  /** @param name of a file in functions/, without its extension */
  constructor(scope: Construct, name: string, props: InboxFunctionProps) {
    super(scope, name)
    const { settings, onCall, rollBackOn, provisionedConcurrency } = props
    const fn = this.#createFunction(name, props)
    this.function = fn
    const alias = new Alias(this, 'Live', {
      aliasName: 'live',
      version: fn.currentVersion as IVersion,
      ...(provisionedConcurrency !== undefined && {
        provisionedConcurrentExecutions: provisionedConcurrency,
      }),
    })
    this.alias = alias as IFunction
    this.isProvisioned = provisionedConcurrency !== undefined

    const alarmProps = { name, function: this.function, alias: this.alias, onCall }
    const { errors, throttles } = addFunctionAlarms(this, alarmProps)
    this.alarms = [errors, throttles]
    // A caller of the API would see the latency, which has an alarm of its own.
    if (props.queue ?? props.streamArn)
      this.alarms.push(addLongRunsAlarm(this, { ...alarmProps, timeLimit: props.timeout }))
    if (settings.canary)
      new Canary(this, 'Canary', {
        alias,
        alarms: [errors, ...rollBackOn],
        ignoreAlarms: settings.ignoreAlarms,
      })
  }

  #createFunction(name: string, props: InboxFunctionProps): NodejsFunction {
    const { settings, table, onTable, onIndex, environment, reservedConcurrency } = props
    const { queue, streamArn, sendsTo, publishesOn } = props
    const logGroup = new InboxLogs(this, 'Logs', settings)
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    logGroup.grantWrite(role)
    const allow = (actions: string[], resource: string) =>
      role.addToPolicy(new PolicyStatement({ actions, resources: [resource] }))
    if (onTable) allow(onTable, table.tableArn)
    if (onIndex) allow(onIndex, `${table.tableArn}/index/${inboxIndex}`)
    if (queue) allow(receiveMessages, queue.queueArn)
    if (streamArn) allow(readStream, streamArn)
    if (sendsTo) allow(['sqs:SendMessage'], sendsTo.queueArn)
    if (publishesOn) allow(['events:PutEvents'], publishesOn.eventBusArn)

    return new NodejsFunction(this, 'Function', {
      entry: entryOf(name),
      projectRoot,
      depsLockFilePath: join(projectRoot, 'package-lock.json'),
      bundling,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memorySize,
      timeout: props.timeout,
      ...(reservedConcurrency !== undefined && {
        reservedConcurrentExecutions: reservedConcurrency,
      }),
      // Otherwise CDK adds permissions on the queue that Lambda does not use.
      role: role.withoutPolicyUpdates(),
      logGroup,
      // The functions print lines of JSON. With the format JSON, Lambda would wrap each line in a string.
      loggingFormat: LoggingFormat.TEXT,
      environment: {
        TABLE_NAME: table.tableName,
        ...environment,
      } satisfies FunctionEnvironment,
      // Stages that keep data keep versions too, so that an operator can point the alias at an older one.
      currentVersionOptions: { removalPolicy: removalPolicyOf(settings) },
    })
  }
}

/** A log group with the retention of the stage. */
export class InboxLogs extends LogGroup {
  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id, {
      retention: settings.logRetention,
      removalPolicy: removalPolicyOf(settings),
    })
  }
}
