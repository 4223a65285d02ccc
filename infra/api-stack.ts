import { CfnOutput, Duration, Validations } from 'aws-cdk-lib'
import { AccessLogField, AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import {
  DomainName,
  HttpApi,
  HttpMethod,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpJwtAuthorizer, HttpUserPoolAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager'
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import { AccountRecovery, Mfa, UserPool } from 'aws-cdk-lib/aws-cognito'
import type { Construct } from 'constructs'
import { type AlarmRecipients, InboxAlarm, tooMany } from './alarm.ts'
import type { TableReference } from './data-stack.ts'
import { InboxFunction, InboxLogs, type Permissions } from './inbox-function.ts'
import { InboxStack, type InboxStackProps } from './inbox-stack.ts'
import { removalPolicyOf, type Settings } from './stages.ts'

interface ApiStackProps extends InboxStackProps, AlarmRecipients {
  table: TableReference
}

/** One route, the file in functions/ that answers it, and all that this may do to the data. */
interface Endpoint extends Permissions {
  method: HttpMethod
  path: string
  function: string
}

const listing = { onTable: ['dynamodb:GetItem'], onIndex: ['dynamodb:Query'] }

const endpoints: Endpoint[] = [
  {
    method: HttpMethod.GET,
    path: '/chat/personal',
    function: 'list-personal-chats',
    ...listing,
  },
  {
    method: HttpMethod.GET,
    path: '/chat/group',
    function: 'list-group-chats',
    ...listing,
  },
  {
    method: HttpMethod.POST,
    path: '/chat/leave',
    function: 'leave-chat',
    // A transaction is authorized by the actions of its parts.
    onTable: ['dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
  },
]

/** Where a failure came from, and nothing of who called. */
const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: AccessLogField.contextRequestId(),
    requestTime: AccessLogField.contextRequestTime(),
    routeKey: AccessLogField.contextRouteKey(),
    status: AccessLogField.contextStatus(),
    responseLatency: AccessLogField.contextResponseLatency(),
    integrationLatency: AccessLogField.contextIntegrationLatency(),
    integrationStatus: AccessLogField.contextIntegrationStatus(),
    integrationError: AccessLogField.contextIntegrationErrorMessage(),
    authorizerError: AccessLogField.contextAuthorizerError(),
    gatewayError: AccessLogField.contextErrorResponseType(),
  }),
)

/** The HTTP API and its functions; a token is asked for on every route, those yet to come too. */
export class ApiStack extends InboxStack {
  readonly api: HttpApi
  readonly functions: InboxFunction[]
  readonly alarms: InboxAlarm[]
  readonly #settings: Settings
  readonly #table: TableReference
  readonly #alarmTopicArn: string

  constructor(scope: Construct, id: string, props: ApiStackProps) {
    super(scope, id, props)
    this.#settings = props.settings
    this.#table = props.table
    this.#alarmTopicArn = props.alarmTopicArn

    this.api = new HttpApi(this, 'Api', {
      apiName: id,
      defaultAuthorizer: this.#authorizer(),
      createDefaultStage: false,
    })
    this.#addStage(this.#settings)
    const alarms = this.#apiAlarms()
    this.functions = endpoints.map((endpoint) => this.#route(endpoint, alarms))
    this.alarms = [...alarms, ...this.functions.flatMap((fn) => fn.alarms)]
    new CfnOutput(this, 'ApiUrl', { value: this.api.apiEndpoint })
  }

  #addStage({ domain, throttle }: Settings): void {
    this.api.addStage('DefaultStage', {
      autoDeploy: true,
      throttle,
      ...(domain && { domainMapping: { domainName: this.#domainName(domain) } }),
      accessLogSettings: {
        destination: new LogGroupLogDestination(new InboxLogs(this, 'AccessLogs', this.#settings)),
        format: accessLogFormat,
      },
    })
  }

  /** Whose DNS record is up to the operator: the zone may be anywhere. */
  #domainName({ name, certificateArn }: NonNullable<Settings['domain']>): DomainName {
    const domainName = new DomainName(this, 'Domain', {
      domainName: name,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
      securityPolicy: SecurityPolicy.TLS_1_2,
    })
    new CfnOutput(this, 'DomainTarget', { value: domainName.regionalDomainName })
    new CfnOutput(this, 'DomainTargetZoneId', { value: domainName.regionalHostedZoneId })
    return domainName
  }

  /**
   * What callers notice. The share of failures is asked for by day; at night, when one failure would
   * be a large share, their number. A floor under the traffic instead would hide an API that fails
   * whenever it is called, if that is seldom.
   */
  #apiAlarms(): InboxAlarm[] {
    const period = Duration.minutes(5)
    const failures = new InboxAlarm(this, {
      name: 'server-errors',
      description: `1 % of the answers in 5 minutes, and at least ${tooMany}, were 5xx: the log groups of the functions have the causes, by level ERROR. With table-throttles or table-errors it is DynamoDB; right after a deployment, go back to the commit before.`,
      metric: new MathExpression({
        label: '5xx, %',
        expression: `IF(failed >= ${tooMany}, 100 * failed / answers, 0)`,
        usingMetrics: {
          failed: this.api.metricServerError({ statistic: 'Sum' }),
          answers: this.api.metricCount({ statistic: 'SampleCount' }),
        },
        period,
      }),
      from: 1,
      alarmTopicArn: this.#alarmTopicArn,
    })
    // With few callers p99 is the slowest of them, a cold start: half a second, where a warm answer
    // takes some 30 ms. Three minutes are within the five of a canary.
    const slowness = new InboxAlarm(this, {
      name: 'latency',
      description:
        'The slowest 1 % of the answers took a second or more, three minutes in a row: compare IntegrationLatency and the durations of the functions, then look for throttles of functions and table.',
      metric: this.api.metricLatency({ statistic: 'p99', period: Duration.minutes(1) }),
      from: 1000,
      times: 3,
      alarmTopicArn: this.#alarmTopicArn,
    })
    return [failures, slowness]
  }

  #authorizer(): IHttpRouteAuthorizer {
    const { tokens } = this.#settings
    return tokens
      ? new HttpJwtAuthorizer('Authorizer', tokens.issuer, { jwtAudience: [tokens.audience] })
      : this.#userPoolAuthorizer()
  }

  /** Users of our own, so that a first deployment needs no identity provider. */
  #userPoolAuthorizer(): IHttpRouteAuthorizer {
    const userPool = new UserPool(this, 'UserPool', {
      selfSignUpEnabled: true,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      autoVerify: { email: true },
      // An address that was changed counts from its verification on, never before.
      keepOriginal: { email: true },
      passwordPolicy: {
        minLength: 8,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
      },
      // Whoever wants a second factor may have one: an app, since messages to phones cost.
      mfa: Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      deletionProtection: this.#settings.keepsData,
      removalPolicy: removalPolicyOf(this.#settings),
    })
    Validations.of(userPool).acknowledge(
      {
        id: 'AwsSolutions-COG2',
        reason: 'A chat asks nobody for a second factor at every sign-in; who wants one has it.',
      },
      {
        id: 'AwsSolutions-COG8',
        reason:
          'The Plus plan is paid by the user and month: who needs it brings an issuer of their own.',
      },
    )
    const client = userPool.addClient('Client', {
      authFlows: { userSrp: true },
      generateSecret: false,
      disableOAuth: true,
      preventUserExistenceErrors: true,
    })
    new CfnOutput(this, 'UserPoolId', { value: userPool.userPoolId })
    new CfnOutput(this, 'UserPoolClientId', { value: client.userPoolClientId })
    return new HttpUserPoolAuthorizer('Authorizer', userPool, { userPoolClients: [client] })
  }

  #route({ path, method, function: name, onTable, onIndex }: Endpoint, rollBackOn: InboxAlarm[]) {
    const { identityClaim, requireVerifiedEmail, reservedConcurrency } = this.#settings
    const inboxFunction = new InboxFunction(this, name, {
      settings: this.#settings,
      table: this.#table,
      alarmTopicArn: this.#alarmTopicArn,
      onTable,
      ...(onIndex && { onIndex }),
      memorySize: 512,
      timeout: Duration.seconds(10),
      reservedConcurrency,
      environment: {
        IDENTITY_CLAIM: identityClaim,
        REQUIRE_VERIFIED_EMAIL: String(requireVerifiedEmail),
      },
      rollBackOn,
    })
    this.api.addRoutes({
      path,
      methods: [method],
      integration: new HttpLambdaIntegration(name, inboxFunction.alias),
    })
    return inboxFunction
  }
}
