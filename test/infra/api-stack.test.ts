import { describe, expect, test } from '@jest/globals'
import type { Template } from 'aws-cdk-lib/assertions'
import { ApiStack } from '../../infra/api-stack.ts'
import {
  alarmOf,
  onCall,
  idOf,
  onlyOf,
  propertiesOf,
  resourceOf,
  table,
  templateOf,
} from '../support/templates.ts'

const foreign = { issuer: 'https://auth.example.com/', audience: 'chat-app' }

const apiTemplate = (context: Record<string, unknown> = {}): Template =>
  templateOf((app, settings) => new ApiStack(app, 'api', { settings, table, onCall }), context)

const dev = apiTemplate()
const staging = apiTemplate({ stage: 'staging' })
const prod = apiTemplate({ stage: 'prod' })
const prodInSpite = apiTemplate({ stage: 'prod', ignoreAlarms: 'true', reservedConcurrency: '7' })
const withIssuer = apiTemplate(foreign)

/** Follows a route through the template to its function. */
const followRoute = (routeKey: string, template = dev) => {
  const route = propertiesOf(template, 'AWS::ApiGatewayV2::Route').find(
    ({ RouteKey }) => RouteKey === routeKey,
  )!
  const integration = resourceOf(template, route['Target']['Fn::Join'][1][1].Ref)
  const aliasId = integration['IntegrationUri'].Ref
  const alias = template.toJSON()['Resources'][aliasId]
  const versionId = alias.Properties.FunctionVersion['Fn::GetAtt'][0]
  const fnId = resourceOf(template, versionId)['FunctionName'].Ref
  const fn = resourceOf(template, fnId)
  return {
    integration,
    aliasId,
    alias,
    version: template.toJSON()['Resources'][versionId],
    fnId,
    fn,
  }
}

const routeKeys = ['GET /chat/personal', 'GET /chat/group', 'GET /chat/all', 'POST /chat/leave']

describe('routes', () => {
  test('are the three of the contract and the list of all rooms', () => {
    const routes = propertiesOf(dev, 'AWS::ApiGatewayV2::Route')
    expect(routes.map(({ RouteKey }) => RouteKey).sort()).toEqual([...routeKeys].sort())
  })

  test.each([
    ['the user pool', dev],
    ['an issuer', withIssuer],
  ])('all require a token of %s', (_, template) => {
    const authorizers = Object.keys(template.findResources('AWS::ApiGatewayV2::Authorizer'))
    const routes = propertiesOf(template, 'AWS::ApiGatewayV2::Route')
    expect(authorizers).toHaveLength(1)
    expect(routes).toHaveLength(routeKeys.length)
    for (const route of routes)
      expect(route).toMatchObject({
        AuthorizationType: 'JWT',
        AuthorizerId: { Ref: authorizers[0] },
      })
  })

  test.each(routeKeys)('%s sends its function events of format 2.0', (routeKey) => {
    expect(followRoute(routeKey).integration).toMatchObject({
      IntegrationType: 'AWS_PROXY',
      PayloadFormatVersion: '2.0',
    })
  })

  test('lead to one function each', () => {
    expect(new Set(routeKeys.map((routeKey) => followRoute(routeKey).fn)).size).toBe(4)
    dev.resourceCountIs('AWS::Lambda::Function', 4)
  })

  test.each(routeKeys)('%s leads to the live alias of its function', (routeKey) => {
    const { alias, fnId } = followRoute(routeKey)
    expect(alias.Properties).toMatchObject({ Name: 'live', FunctionName: { Ref: fnId } })
  })
})

describe('pages of other origins', () => {
  const corsOf = (template: Template) =>
    onlyOf(template, 'AWS::ApiGatewayV2::Api')['CorsConfiguration']

  test('may not call the API by default', () => {
    for (const template of [dev, staging, prod]) expect(corsOf(template)).toBeUndefined()
  })

  test('may call it where their origins are named, without cookies', () => {
    const corsOrigins = 'https://app.example.com,https://admin.example.com'
    expect(corsOf(apiTemplate({ stage: 'prod', corsOrigins }))).toEqual({
      AllowOrigins: ['https://app.example.com', 'https://admin.example.com'],
      AllowMethods: ['GET', 'POST'],
      AllowHeaders: ['authorization', 'content-type', 'if-none-match'],
      ExposeHeaders: ['link', 'etag', 'retry-after', 'unread-comments', 'apigw-requestid'],
      MaxAge: 3600,
    })
  })

  test('need no route of their own for preflight requests, which would require a token', () => {
    const template = apiTemplate({ corsOrigins: '*' })
    expect(corsOf(template)['AllowOrigins']).toEqual(['*'])
    template.resourceCountIs('AWS::ApiGatewayV2::Route', routeKeys.length)
  })
})

describe.each(routeKeys)('the function behind %s', (routeKey) => {
  test('runs Node 24 on arm64, for at most ten seconds', () => {
    expect(followRoute(routeKey).fn).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Timeout: 10,
      MemorySize: 512,
      Handler: 'index.handler',
    })
  })

  test('knows the table and the claim that names the caller', () => {
    expect(followRoute(routeKey).fn.Environment.Variables).toEqual({
      TABLE_NAME: 'chat',
      IDENTITY_CLAIM: 'email',
      REQUIRE_VERIFIED_EMAIL: 'true',
    })
  })

  test('prints lines of JSON that Lambda does not wrap', () => {
    const { fn } = followRoute(routeKey)
    expect(fn.LoggingConfig).toEqual({ LogFormat: 'Text', LogGroup: { Ref: expect.any(String) } })
  })

  test('keeps its versions outside dev, so that the alias can go back to one', () => {
    expect(followRoute(routeKey, dev).version).toMatchObject({ DeletionPolicy: 'Delete' })
    expect(followRoute(routeKey, prod).version).toMatchObject({ DeletionPolicy: 'Retain' })
  })
})

test('the context sets the identity claim and whether addresses must be verified', () => {
  const template = apiTemplate({ identityClaim: 'sub', requireVerifiedEmail: 'false' })
  const functions = propertiesOf(template, 'AWS::Lambda::Function')
  expect(functions).toHaveLength(4)
  for (const { Environment } of functions)
    expect(Environment.Variables).toMatchObject({
      IDENTITY_CLAIM: 'sub',
      REQUIRE_VERIFIED_EMAIL: 'false',
    })
})

describe('logs', () => {
  test.each([
    ['dev', dev, 7, 'Delete'],
    ['prod', prod, 90, 'Retain'],
  ])('of %s are all kept for a limited time', (_, template, RetentionInDays, DeletionPolicy) => {
    const logGroups = Object.values(template.findResources('AWS::Logs::LogGroup'))
    expect(logGroups).toHaveLength(5)
    for (const logGroup of logGroups)
      expect(logGroup).toMatchObject({ DeletionPolicy, Properties: { RetentionInDays } })
  })

  test('of each function and of the API go to a group each', () => {
    const functions = propertiesOf(dev, 'AWS::Lambda::Function')
    const { AccessLogSettings } = onlyOf(dev, 'AWS::ApiGatewayV2::Stage')
    const logGroups = [
      ...functions.map(({ LoggingConfig }) => LoggingConfig.LogGroup.Ref),
      AccessLogSettings.DestinationArn['Fn::GetAtt'][0],
    ]
    expect(logGroups.sort()).toEqual(Object.keys(dev.findResources('AWS::Logs::LogGroup')).sort())
  })

  test('of requests are JSON that shows where a failure came from, but nothing about the caller', () => {
    const { AccessLogSettings } = onlyOf(dev, 'AWS::ApiGatewayV2::Stage')
    expect(JSON.parse(AccessLogSettings.Format)).toEqual({
      requestId: '$context.requestId',
      requestTime: '$context.requestTime',
      routeKey: '$context.routeKey',
      status: '$context.status',
      responseLatency: '$context.responseLatency',
      integrationLatency: '$context.integrationLatency',
      integrationStatus: '$context.integrationStatus',
      integrationError: '$context.integrationErrorMessage',
      authorizerError: '$context.authorizer.error',
      gatewayError: '$context.error.responseType',
    })
  })
})

describe('the default stage', () => {
  test.each([
    ['dev', dev, 50, 100],
    ['prod', prod, 1000, 2000],
  ])('of %s is the only one, deploys itself and is throttled', (_, template, rate, burst) => {
    expect(propertiesOf(template, 'AWS::ApiGatewayV2::Stage')).toEqual([
      expect.objectContaining({
        StageName: '$default',
        AutoDeploy: true,
        DefaultRouteSettings: { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst },
      }),
    ])
  })
})

describe('reserved concurrency', () => {
  const reservedOf = (template: Template) =>
    routeKeys.map((routeKey) => followRoute(routeKey, template).fn.ReservedConcurrentExecutions)

  test('is not set in dev', () => {
    expect(reservedOf(dev)).toEqual(routeKeys.map(() => undefined))
  })

  test('is set for each function elsewhere', () => {
    expect(reservedOf(prod)).toEqual([100, 100, 100, 100])
    expect(reservedOf(prodInSpite)).toEqual([7, 7, 7, 7])
  })
})

describe('provisioned concurrency', () => {
  const provisioned = apiTemplate({ stage: 'prod', provisionedConcurrency: '3' })
  const aliasesOf = (template: Template) =>
    routeKeys.map((routeKey) => followRoute(routeKey, template).alias)

  test('is not set by default', () => {
    for (const { Properties } of [...aliasesOf(dev), ...aliasesOf(prod)])
      expect(Properties).not.toHaveProperty('ProvisionedConcurrencyConfig')
  })

  test('is set for the aliases of the listings, and not for that of leave-chat', () => {
    const three = { ProvisionedConcurrentExecutions: 3 }
    expect(
      aliasesOf(provisioned).map(({ Properties }) => Properties.ProvisionedConcurrencyConfig),
    ).toEqual([three, three, three, undefined])
  })

  // Lambda refuses to change it while a canary routes calls to two versions.
  test('changes neither the version of a function nor its canary', () => {
    const parts = (template: Template) =>
      aliasesOf(template).map(({ Properties, UpdatePolicy }) => [
        Properties.FunctionVersion,
        UpdatePolicy,
      ])
    expect(parts(provisioned)).toEqual(parts(prod))
    expect(provisioned.findResources('AWS::Lambda::Version')).toEqual(
      prod.findResources('AWS::Lambda::Version'),
    )
  })
})

describe('alarms', () => {
  test('notify the topic when they begin and when they end', () => {
    const alarms = propertiesOf(dev, 'AWS::CloudWatch::Alarm')
    expect(alarms.map(({ AlarmName }) => AlarmName).sort()).toEqual([
      'api-latency',
      'api-leave-chat-errors',
      'api-leave-chat-throttles',
      'api-list-all-chats-errors',
      'api-list-all-chats-throttles',
      'api-list-group-chats-errors',
      'api-list-group-chats-throttles',
      'api-list-personal-chats-errors',
      'api-list-personal-chats-throttles',
      'api-server-errors',
    ])
    for (const alarm of alarms)
      expect(alarm).toMatchObject({
        AlarmActions: [onCall.topicArn],
        OKActions: [onCall.topicArn],
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
      })
  })

  const apiId = idOf(dev, 'AWS::ApiGatewayV2::Api')
  const ofApi = [{ Name: 'ApiId', Value: { Ref: apiId } }]

  test('go off at 1 % of 5xx, but not at fewer than three', () => {
    const stat = (MetricName: string, Stat: string) => ({
      MetricStat: {
        Metric: { Namespace: 'AWS/ApiGateway', MetricName, Dimensions: ofApi },
        Period: 300,
        Stat,
      },
    })
    expect(alarmOf(dev, 'api-server-errors')).toMatchObject({
      Metrics: [
        { Expression: 'IF(failed >= 3, 100 * failed / responses, 0)', ReturnData: true },
        { Id: 'failed', ReturnData: false, ...stat('5xx', 'Sum') },
        { Id: 'responses', ReturnData: false, ...stat('Count', 'SampleCount') },
      ],
      Threshold: 1,
      EvaluationPeriods: 1,
    })
  })

  test('go off when p99 is a second or more for three minutes', () => {
    expect(alarmOf(dev, 'api-latency')).toMatchObject({
      Namespace: 'AWS/ApiGateway',
      MetricName: 'Latency',
      Dimensions: ofApi,
      ExtendedStatistic: 'p99',
      Period: 60,
      EvaluationPeriods: 3,
      Threshold: 1000,
    })
  })

  test.each(routeKeys)('go off at three crashes or refused calls of %s', (routeKey) => {
    const { fnId } = followRoute(routeKey)
    const ofFunction = { Name: 'FunctionName', Value: { Ref: fnId } }
    const ofAlias = { Name: 'Resource', Value: { 'Fn::Join': ['', [{ Ref: fnId }, ':live']] } }
    const three = {
      Namespace: 'AWS/Lambda',
      Statistic: 'Sum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 3,
    }
    dev.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...three,
      MetricName: 'Errors',
      Dimensions: [ofFunction, ofAlias],
    })
    dev.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...three,
      MetricName: 'Throttles',
      Dimensions: [ofFunction],
    })
  })
})

describe.each(routeKeys)('a new version behind %s', (routeKey) => {
  /** Followed through the template, from the alias on. */
  const canaryOf = (template: Template) => {
    const { CodeDeployLambdaAliasUpdate } = followRoute(routeKey, template).alias.UpdatePolicy
    const group = resourceOf(template, CodeDeployLambdaAliasUpdate.DeploymentGroupName.Ref)
    expect(CodeDeployLambdaAliasUpdate).toEqual({
      ApplicationName: group.ApplicationName,
      DeploymentGroupName: { Ref: expect.any(String) },
    })
    return group
  }

  test('serves a tenth of the calls of prod for five minutes', () => {
    expect(canaryOf(prod)).toMatchObject({
      DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
      DeploymentStyle: {
        DeploymentType: 'BLUE_GREEN',
        DeploymentOption: 'WITH_TRAFFIC_CONTROL',
      },
    })
    prod.resourceCountIs('AWS::CodeDeploy::DeploymentGroup', 4)
  })

  test('is rolled back on its own errors and on what callers notice', () => {
    const { AlarmConfiguration, AutoRollbackConfiguration } = canaryOf(prod)
    const { fnId } = followRoute(routeKey, prod)
    const own = Object.entries(prod.findResources('AWS::CloudWatch::Alarm')).find(
      ([, { Properties }]) =>
        Properties.MetricName === 'Errors' && Properties.Dimensions[0].Value.Ref === fnId,
    )!
    const ids = [own[0], alarmOf(prod, 'api-server-errors').id, alarmOf(prod, 'api-latency').id]
    expect(AlarmConfiguration).toEqual({
      Enabled: true,
      Alarms: ids.map((Ref) => ({ Name: { Ref } })),
    })
    expect(AutoRollbackConfiguration).toEqual({
      Enabled: true,
      Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST', 'DEPLOYMENT_STOP_ON_ALARM'],
    })
  })

  test('goes live although an alarm is on, if the context says so', () => {
    const { AlarmConfiguration } = canaryOf(prodInSpite)
    expect(AlarmConfiguration.Enabled).toBe(false)
  })

  test.each([
    ['dev', dev],
    ['staging', staging],
  ])('serves all calls of %s at once', (_, template) => {
    expect(followRoute(routeKey, template).alias).not.toHaveProperty('UpdatePolicy')
    const types = Object.values<{ Type: string }>(template.toJSON()['Resources'])
    expect(types.filter(({ Type }) => Type.startsWith('AWS::CodeDeploy'))).toEqual([])
  })
})

describe('with a domain', () => {
  const domain = 'chat.example.com'
  const certificateArn =
    'arn:aws:acm:eu-west-1:111122223333:certificate/12345678-90ab-cdef-1234-567890abcdef'
  const template = apiTemplate({ domain, certificateArn })

  test('the API serves it over TLS 1.2', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::DomainName', {
      DomainName: domain,
      DomainNameConfigurations: [
        {
          CertificateArn: certificateArn,
          EndpointType: 'REGIONAL',
          SecurityPolicy: 'TLS_1_2',
        },
      ],
    })
    const domainId = idOf(template, 'AWS::ApiGatewayV2::DomainName')
    const apiId = idOf(template, 'AWS::ApiGatewayV2::Api')
    const stageId = idOf(template, 'AWS::ApiGatewayV2::Stage')
    expect(Object.values(template.findResources('AWS::ApiGatewayV2::ApiMapping'))).toEqual([
      expect.objectContaining({
        DependsOn: expect.arrayContaining([stageId]),
        Properties: { ApiId: { Ref: apiId }, DomainName: { Ref: domainId }, Stage: '$default' },
      }),
    ])
    template.hasOutput('DomainTarget', {
      Value: { 'Fn::GetAtt': [domainId, 'RegionalDomainName'] },
    })
    template.hasOutput('DomainTargetZoneId', {
      Value: { 'Fn::GetAtt': [domainId, 'RegionalHostedZoneId'] },
    })
  })

  test('there is none by default', () => {
    dev.resourceCountIs('AWS::ApiGatewayV2::DomainName', 0)
  })
})

describe('with an issuer', () => {
  test('the API accepts its tokens for the audience', () => {
    withIssuer.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: foreign.issuer, Audience: [foreign.audience] },
    })
  })

  test('there is no user pool, and no output of one', () => {
    withIssuer.resourceCountIs('AWS::Cognito::UserPool', 0)
    withIssuer.resourceCountIs('AWS::Cognito::UserPoolClient', 0)
    expect(Object.keys(withIssuer.findOutputs('*'))).toEqual(['ApiUrl'])
  })
})

describe('without an issuer', () => {
  const poolId = idOf(dev, 'AWS::Cognito::UserPool')
  const clientId = idOf(dev, 'AWS::Cognito::UserPoolClient')

  test('the API accepts tokens of its own user pool', () => {
    dev.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: {
        Issuer: {
          'Fn::Join': [
            '',
            ['https://cognito-idp.', { Ref: 'AWS::Region' }, '.amazonaws.com/', { Ref: poolId }],
          ],
        },
        Audience: [{ Ref: clientId }],
      },
    })
  })

  test('anyone can sign up with an address, which must be verified', () => {
    dev.hasResourceProperties('AWS::Cognito::UserPool', {
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: false },
      UsernameAttributes: ['email'],
      UsernameConfiguration: { CaseSensitive: false },
      AutoVerifiedAttributes: ['email'],
      UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
    })
  })

  test('passwords must be strong, and a second factor is optional', () => {
    dev.hasResourceProperties('AWS::Cognito::UserPool', {
      Policies: {
        PasswordPolicy: {
          MinimumLength: 8,
          RequireLowercase: true,
          RequireUppercase: true,
          RequireNumbers: true,
          RequireSymbols: true,
        },
      },
      MfaConfiguration: 'OPTIONAL',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
    })
  })

  const ofApps = ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH']

  test.each([
    ['and administrators of dev by password', dev, ['ALLOW_ADMIN_USER_PASSWORD_AUTH', ...ofApps]],
    ['and nobody else in staging', staging, ofApps],
    ['and nobody else in prod', prod, ofApps],
  ])('apps sign in by SRP, %s, without a secret and without hosted pages', (_, template, flows) => {
    expect(onlyOf(template, 'AWS::Cognito::UserPoolClient')).toMatchObject({
      UserPoolId: { Ref: poolId },
      ExplicitAuthFlows: flows,
      GenerateSecret: false,
      AllowedOAuthFlowsUserPoolClient: false,
      PreventUserExistenceErrors: 'ENABLED',
    })
  })

  test.each([
    ['go with a dev stack', dev, 'Delete', 'INACTIVE'],
    ['outlive a prod stack', prod, 'Retain', 'ACTIVE'],
  ])('users %s', (_, template, DeletionPolicy, DeletionProtection) => {
    template.hasResource('AWS::Cognito::UserPool', {
      DeletionPolicy,
      UpdateReplacePolicy: DeletionPolicy,
      Properties: { DeletionProtection },
    })
  })

  test('the outputs are the URL and the ids of the user pool and its client', () => {
    const apiId = idOf(dev, 'AWS::ApiGatewayV2::Api')
    expect(dev.findOutputs('*')).toEqual({
      ApiUrl: { Value: { 'Fn::GetAtt': [apiId, 'ApiEndpoint'] } },
      UserPoolId: { Value: { Ref: poolId } },
      UserPoolClientId: { Value: { Ref: clientId } },
    })
  })
})
