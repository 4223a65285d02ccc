import { join } from 'node:path'
import type { Duration } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda'
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { inboxIndex } from '../lib/store/table.ts'
import { bundling, entryOf, projectRoot } from './bundling.ts'
import type { TableReference } from './data-stack.ts'
import { removalPolicyOf, type Settings } from './stages.ts'

/** All that a function may do to the data. */
export interface Permissions {
  onTable: string[]
  onIndex?: string[]
}

interface InboxFunctionProps extends Permissions {
  settings: Settings
  table: TableReference
  memorySize: number
  timeout: Duration
  /** Beside the table's name. */
  environment?: Record<string, string>
}

/**
 * A file of functions/ as it is deployed, with a log group and a role of its own, so that nothing
 * allowed to one function is allowed to another.
 */
export class InboxFunction extends Construct {
  readonly function: NodejsFunction

  /** @param name of a file in functions/, without its ending */
  constructor(scope: Construct, name: string, props: InboxFunctionProps) {
    super(scope, name)
    const { settings, table, onTable, onIndex, memorySize, timeout, environment } = props
    const logGroup = new InboxLogs(this, 'Logs', settings)
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    logGroup.grantWrite(role)
    const allow = (actions: string[], resource: string) =>
      role.addToPolicy(new PolicyStatement({ actions, resources: [resource] }))
    allow(onTable, table.tableArn)
    if (onIndex) allow(onIndex, `${table.tableArn}/index/${inboxIndex}`)

    this.function = new NodejsFunction(this, 'Function', {
      entry: entryOf(name),
      projectRoot,
      depsLockFilePath: join(projectRoot, 'package-lock.json'),
      bundling,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize,
      timeout,
      role,
      logGroup,
      environment: { TABLE_NAME: table.tableName, ...environment },
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
