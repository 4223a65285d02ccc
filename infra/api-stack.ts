import { CfnOutput, Duration } from 'aws-cdk-lib'
import { AccessLogField, AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import {
  CorsHttpMethod,
  type CorsPreflightOptions,
  DomainName,
  HttpApi,
  HttpMethod,
  LogGroupLogDestination,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager'
import type { Construct } from 'constructs'
import { cors } from '../lib/cors.ts'
import { type Route, routeLimitSeconds, routes } from '../lib/routes.ts'
import { addApiAlarms } from './alarms/api-alarms.ts'
import type { InboxAlarm, OnCall } from './alarms/inbox-alarm.ts'
import { createAuthorizer } from './authorizer.ts'
import type { TableReference } from './data-stack.ts'
import { InboxFunction, InboxLogs, type Permissions } from './inbox-function.ts'
import { InboxStack, type InboxStackProps } from './inbox-stack.ts'
import type { Settings } from './settings.ts'

interface ApiStackProps extends InboxStackProps {
  onCall: OnCall
  table: TableReference
}

const listing: Permissions = { onTable: ['dynamodb:GetItem'], onIndex: ['dynamodb:Query'] }

/** Everything that the function behind each route may do to the data. */
const permissions: Record<Route['functionName'], Permissions> = {
  'list-personal-chats': listing,
  'list-group-chats': listing,
  'list-all-chats': {
    onTable: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'],
    onIndex: ['dynamodb:Query'],
  },
  'leave-chat': {
    // IAM authorizes a transaction by the actions of its parts.
    onTable: [
      'dynamodb:BatchGetItem',
      'dynamodb:GetItem',
      'dynamodb:Query',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
    ],
  },
}

/**
 * API Gateway responds to preflight requests itself, without a token, and adds the headers to the functions' responses.
 * @returns undefined where no origin is allowed
 */
const makeCorsPreflight = ({ corsOrigins }: Settings): CorsPreflightOptions | undefined => {
  if (corsOrigins.length === 0) return undefined
  const { allowMethods, maxAgeSeconds, ...headers } = cors
  return {
    ...headers,
    allowOrigins: corsOrigins,
    allowMethods: allowMethods.map((method) => CorsHttpMethod[method]),
    maxAge: Duration.seconds(maxAgeSeconds),
  }
}

/** Shows where a failure came from, but nothing about the caller. */
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

/** The HTTP API and its functions. Every route requires a token, including routes that are added later. */
export class ApiStack extends InboxStack {
  readonly api: HttpApi
  readonly functions: ReadonlyMap<Route['functionName'], InboxFunction>
  readonly alarms: InboxAlarm[]

  constructor(scope: Construct, id: string, props: ApiStackProps) {
    super(scope, id, props)
    const { settings, onCall } = props
    const corsPreflight = makeCorsPreflight(settings)
    this.api = new HttpApi(this, 'Api', {
      apiName: id,
      defaultAuthorizer: createAuthorizer(this, settings),
      createDefaultStage: false,
      ...(corsPreflight && { corsPreflight }),
    })
    this.#addStage(settings)
    const apiAlarms = addApiAlarms(this, { api: this.api, onCall })
    this.functions = new Map(
      routes.map((route) => [route.functionName, this.#addRoute(route, props, apiAlarms)]),
    )
    const functionAlarms = [...this.functions.values()].flatMap(({ alarms }) => alarms)
    this.alarms = [...apiAlarms, ...functionAlarms]
    new CfnOutput(this, 'ApiUrl', { value: this.api.apiEndpoint })
  }

  #addStage(settings: Settings): void {
    const { domain, throttle } = settings
    this.api.addStage('DefaultStage', {
      autoDeploy: true,
      throttle,
      ...(domain && { domainMapping: { domainName: this.#createDomainName(domain) } }),
      accessLogSettings: {
        destination: new LogGroupLogDestination(new InboxLogs(this, 'AccessLogs', settings)),
        format: accessLogFormat,
      },
    })
  }

  /** The operator creates the DNS record, because its zone may be anywhere. */
  #createDomainName({ name, certificateArn }: NonNullable<Settings['domain']>): DomainName {
    const domainName = new DomainName(this, 'Domain', {
      domainName: name,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
      securityPolicy: SecurityPolicy.TLS_1_2,
    })
    new CfnOutput(this, 'DomainTarget', { value: domainName.regionalDomainName })
    new CfnOutput(this, 'DomainTargetZoneId', { value: domainName.regionalHostedZoneId })
    return domainName
  }

  #addRoute(route: Route, props: ApiStackProps, rollBackOn: InboxAlarm[]): InboxFunction {
    const { method, path, functionName } = route
    const { settings, table, onCall } = props
    const inboxFunction = new InboxFunction(this, functionName, {
      settings,
      table,
      onCall,
      ...permissions[functionName],
      memorySize: 512,
      timeout: Duration.seconds(routeLimitSeconds),
      reservedConcurrency: settings.reservedConcurrency,
      // An app waits for its listings when it opens.
      provisionedConcurrency: method === 'GET' ? settings.provisionedConcurrency : undefined,
      environment: {
        IDENTITY_CLAIM: settings.identityClaim,
        REQUIRE_VERIFIED_EMAIL: String(settings.requireVerifiedEmail),
      },
      rollBackOn,
    })
    this.api.addRoutes({
      path,
      methods: [HttpMethod[method]],
      integration: new HttpLambdaIntegration(functionName, inboxFunction.alias),
    })
    return inboxFunction
  }
}
