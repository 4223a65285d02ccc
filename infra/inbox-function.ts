import { join } from 'node:path'
import { Duration } from 'aws-cdk-lib'
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch'
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
import { Construct } from 'constructs'
import { inboxIndex } from '../lib/store/table.ts'
import { type AlarmRecipients, InboxAlarm, tooMany } from './alarm.ts'
import { bundling, entryOf, projectRoot } from './bundling.ts'
import { Canary } from './canary.ts'
import type { TableReference } from './data-stack.ts'
import { removalPolicyOf, type Settings } from './stages.ts'

/** All that a function may do to the data. */
export interface Permissions {
  onTable: string[]
  onIndex?: string[]
}

interface InboxFunctionProps extends Permissions, AlarmRecipients {
  settings: Settings
  table: TableReference
  memorySize: number
  timeout: Duration
  /** Calls at a time that are kept for it, and its most; undefined for what the account has. */
  reservedConcurrency: number | undefined
  /** Beside the table's name. */
  environment?: Record<string, string>
  /** What takes a new version back beside the function's own errors. */
  rollBackOn: IAlarm[]
}

/**
 * A file of functions/ as it is deployed, with a log group and a role of its own, so that nothing
 * allowed to one function is allowed to another. All calls go to its alias, which alone decides
 * which version answers.
 */
export class InboxFunction extends Construct {
  /** Of whatever version and alias: what it did as a whole. */
  readonly function: IFunction
  /** What is called. */
  readonly alias: IFunction
  readonly alarms: InboxAlarm[]

  /** @param name of a file in functions/, without its ending */
  constructor(scope: Construct, name: string, props: InboxFunctionProps) {
    super(scope, name)
    const { settings, alarmTopicArn, rollBackOn } = props
    const fn = this.#deployed(name, props)
    this.function = fn
    const alias = new Alias(this, 'Live', {
      aliasName: 'live',
      version: fn.currentVersion as IVersion,
    })
    this.alias = alias as IFunction

    const period = Duration.minutes(5)
    const errors = new InboxAlarm(this, {
      name: `${name}-errors`,
      description: `${name} crashed or ran out of time ${tooMany} times in 5 minutes: its log group has the errors. After a deployment, go back to the commit before.`,
      metric: alias.metricErrors({ period }),
      from: tooMany,
      alarmTopicArn,
    })
    const throttles = new InboxAlarm(this, {
      name: `${name}-throttles`,
      description: `${name} was refused ${tooMany} calls in 5 minutes: it, or the account, runs as many at a time as it may. Raise reservedConcurrency, or the account's limit.`,
      metric: fn.metricThrottles({ period }),
      from: tooMany,
      alarmTopicArn,
    })
    this.alarms = [errors, throttles]
    if (settings.canary)
      new Canary(this, 'Canary', {
        alias,
        alarms: [errors, ...rollBackOn],
        ignoreAlarms: settings.ignoreAlarms,
      })
  }

  #deployed(name: string, props: InboxFunctionProps): NodejsFunction {
    const { settings, table, onTable, onIndex, environment, reservedConcurrency } = props
    const logGroup = new InboxLogs(this, 'Logs', settings)
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    logGroup.grantWrite(role)
    const allow = (actions: string[], resource: string) =>
      role.addToPolicy(new PolicyStatement({ actions, resources: [resource] }))
    allow(onTable, table.tableArn)
    if (onIndex) allow(onIndex, `${table.tableArn}/index/${inboxIndex}`)

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
      role,
      logGroup,
      // The functions print JSON lines; Lambda's own JSON would wrap each into a string of another.
      loggingFormat: LoggingFormat.TEXT,
      environment: { TABLE_NAME: table.tableName, ...environment },
      // Where it matters, versions stay, so that the alias can go back to one by hand.
      currentVersionOptions: { removalPolicy: removalPolicyOf(settings) },
    })
  }
}

/** Logs, kept for as long as the stage says. */
export class InboxLogs extends LogGroup {
  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id, {
      retention: settings.logRetention,
      removalPolicy: removalPolicyOf(settings),
    })
  }
}
