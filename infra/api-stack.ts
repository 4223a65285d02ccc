import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib'
import { AccessLogField, AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import {
  HttpApi,
  HttpMethod,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpJwtAuthorizer, HttpUserPoolAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { AccountRecovery, UserPool } from 'aws-cdk-lib/aws-cognito'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import type { TableReference } from './data-stack.ts'
import { InboxFunction, InboxLogs, type Permissions } from './inbox-function.ts'
import { removalPolicyOf, type Settings } from './stages.ts'

interface ApiStackProps extends StackProps {
  settings: Settings
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
export class ApiStack extends Stack {
  readonly #settings: Settings
  readonly #table: TableReference

  constructor(scope: Construct, id: string, { settings, table, ...props }: ApiStackProps) {
    super(scope, id, props)
    this.#settings = settings
    this.#table = table

    const api = new HttpApi(this, 'Api', {
      apiName: id,
      defaultAuthorizer: this.#authorizer(),
      createDefaultStage: false,
    })
    api.addStage('DefaultStage', {
      autoDeploy: true,
      throttle: settings.throttle,
      accessLogSettings: {
        destination: new LogGroupLogDestination(new InboxLogs(this, 'AccessLogs', settings)),
        format: accessLogFormat,
      },
    })
    for (const endpoint of endpoints)
      api.addRoutes({
        path: endpoint.path,
        methods: [endpoint.method],
        integration: new HttpLambdaIntegration(endpoint.function, this.#function(endpoint)),
      })
    new CfnOutput(this, 'ApiUrl', { value: api.apiEndpoint })
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
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      deletionProtection: this.#settings.keepsData,
      removalPolicy: removalPolicyOf(this.#settings),
    })
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

  #function({ function: name, onTable, onIndex }: Endpoint): IFunction {
    const { identityClaim, requireVerifiedEmail } = this.#settings
    return new InboxFunction(this, name, {
      settings: this.#settings,
      table: this.#table,
      onTable,
      ...(onIndex && { onIndex }),
      memorySize: 512,
      timeout: Duration.seconds(10),
      environment: {
        IDENTITY_CLAIM: identityClaim,
        REQUIRE_VERIFIED_EMAIL: String(requireVerifiedEmail),
      },
    }).function
  }
}
