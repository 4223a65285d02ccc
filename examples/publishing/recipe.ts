import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Duration, RemovalPolicy, type StackProps } from 'aws-cdk-lib'
import { EventBus, type IRuleTarget, Rule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Architecture, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda'
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations'
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'

const here = fileURLToPath(new URL('.', import.meta.url))
const projectRoot = join(here, '..', '..')

export interface RecipeProps extends StackProps {
  /** The output `BusName` of the stack `chat-inbox-STAGE-events`. */
  busName: string
}

/** A live list has no use for an older event: the app has loaded the list again. */
const liveAge = Duration.minutes(5)

/** Receives what could not be delivered. Set an alarm on it. */
export class UndeliveredQueue extends Queue {
  constructor(scope: Construct) {
    super(scope, 'Undelivered', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    })
  }
}

/** A random secret that a backend or a receiver reads, too. */
export const createSecret = (scope: Construct, description: string): Secret =>
  new Secret(scope, 'Secret', {
    description,
    generateSecretString: { passwordLength: 64, excludePunctuation: true },
  })

/** Sends what the inbox publishes to a target. */
export const addRule = (
  scope: Construct,
  busName: string,
  target: IRuleTarget,
  detailType?: string[],
): Rule =>
  new Rule(scope, 'Published', {
    eventBus: EventBus.fromEventBusName(scope, 'Bus', busName),
    eventPattern: { source: ['chat-inbox'], ...(detailType && { detailType }) },
    targets: [target],
  })

interface RecipeFunctionProps {
  environment: Record<string, string>
  mayDo: { actions: string[]; resource: string }[]
}

/** A function of this folder, with its own role and log group. */
export class RecipeFunction extends Construct {
  readonly function: NodejsFunction

  /** @param file in this folder, without its extension */
  constructor(scope: Construct, file: string, { environment, mayDo }: RecipeFunctionProps) {
    super(scope, file)
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    logGroup.grantWrite(role)
    for (const { actions, resource } of mayDo)
      role.addToPolicy(new PolicyStatement({ actions, resources: [resource] }))
    this.function = new NodejsFunction(this, 'Function', {
      entry: join(here, `${file}.ts`),
      projectRoot,
      depsLockFilePath: join(projectRoot, 'package-lock.json'),
      // The runtime has an SDK of its own, but does not promise which packages are below it.
      bundling: {
        target: 'node24',
        format: OutputFormat.CJS,
        mainFields: ['module', 'main'],
        minify: true,
        externalModules: [],
      },
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 256,
      timeout: Duration.seconds(15),
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      environment,
    })
  }

  /**
   * Makes it the target of a rule for `inbox.changed`. What EventBridge cannot hand over and what the function fails
   * with goes to the same queue: the queue of a rule alone does not get the errors of a function, because EventBridge
   * does not wait for it.
   * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
   */
  receiveChanges(busName: string): void {
    const undelivered = new UndeliveredQueue(this)
    this.function.configureAsyncInvoke({
      maxEventAge: liveAge,
      retryAttempts: 2,
      onFailure: new SqsDestination(undelivered),
    })
    const target = new LambdaFunction(this.function, {
      deadLetterQueue: undelivered,
      maxEventAge: liveAge,
    })
    addRule(this, busName, target, ['inbox.changed'])
  }
}
