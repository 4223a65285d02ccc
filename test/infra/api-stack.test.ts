import { describe, expect, test } from '@jest/globals'
import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { ApiStack } from '../../infra/api-stack.ts'
import { readSettings } from '../../infra/stages.ts'

const table = {
  tableName: 'chat',
  tableArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/chat',
  tableStreamArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/chat/stream/2026-01-01',
}
const index = `${table.tableArn}/index/inbox`
const foreign = { issuer: 'https://auth.example.com/', audience: 'chat-app' }

const templateOf = (context: Record<string, unknown> = {}): Template => {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } })
  return Template.fromStack(new ApiStack(app, 'api', { settings: readSettings(context), table }))
}

const dev = templateOf()
const prod = templateOf({ stage: 'prod' })
const withIssuer = templateOf(foreign)

const propertiesOf = (template: Template, type: string) =>
  Object.values(template.findResources(type)).map((resource) => resource['Properties'])

const resourceOf = (template: Template, id: string) =>
  template.toJSON()['Resources'][id]['Properties']

/** What a route leads to, followed through the template: the function, and all that it may do. */
const behind = (routeKey: string) => {
  const route = propertiesOf(dev, 'AWS::ApiGatewayV2::Route').find(
    ({ RouteKey }) => RouteKey === routeKey,
  )
  const integration = resourceOf(dev, route.Target['Fn::Join'][1][1].Ref)
  const fn = resourceOf(dev, integration.IntegrationUri['Fn::GetAtt'][0])
  const roleId = fn.Role['Fn::GetAtt'][0]
  const policies = propertiesOf(dev, 'AWS::IAM::Policy').filter(({ Roles }) =>
    Roles.some(({ Ref }: { Ref: string }) => Ref === roleId),
  )
  return {
    integration,
    fn,
    role: resourceOf(dev, roleId),
    statements: policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement),
  }
}

const routeKeys = ['GET /chat/personal', 'GET /chat/group', 'POST /chat/leave']

describe('routes', () => {
  test('are the three of the contract', () => {
    const routes = propertiesOf(dev, 'AWS::ApiGatewayV2::Route')
    expect(routes.map(({ RouteKey }) => RouteKey).sort()).toEqual([...routeKeys].sort())
  })

  test.each([
    ['our own user pool', dev],
    ['an issuer', withIssuer],
  ])('all ask for a token of %s', (_, template) => {
    const authorizers = Object.keys(template.findResources('AWS::ApiGatewayV2::Authorizer'))
    const routes = propertiesOf(template, 'AWS::ApiGatewayV2::Route')
    expect(authorizers).toHaveLength(1)
    expect(routes).toHaveLength(3)
    for (const route of routes)
      expect(route).toMatchObject({
        AuthorizationType: 'JWT',
        AuthorizerId: { Ref: authorizers[0] },
      })
  })

  test.each(routeKeys)('%s hands its function events of format 2.0', (routeKey) => {
    expect(behind(routeKey).integration).toMatchObject({
      IntegrationType: 'AWS_PROXY',
      PayloadFormatVersion: '2.0',
    })
  })

  test('lead to a function each', () => {
    expect(new Set(routeKeys.map((routeKey) => behind(routeKey).fn)).size).toBe(3)
    dev.resourceCountIs('AWS::Lambda::Function', 3)
  })
})

describe.each(routeKeys)('the function behind %s', (routeKey) => {
  test('runs Node 24 on arm64, for at most ten seconds', () => {
    expect(behind(routeKey).fn).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Timeout: 10,
      MemorySize: 512,
      Handler: 'index.handler',
    })
  })

  test('is told the table and who the caller is', () => {
    expect(behind(routeKey).fn.Environment.Variables).toEqual({
      TABLE_NAME: 'chat',
      IDENTITY_CLAIM: 'email',
      REQUIRE_VERIFIED_EMAIL: 'true',
    })
  })

  test('may do to the table what it does, and nothing else', () => {
    const { fn, statements } = behind(routeKey)
    const logGroup = { 'Fn::GetAtt': [fn.LoggingConfig.LogGroup.Ref, 'Arn'] }
    expect(statements).toEqual([
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: logGroup,
      },
      ...(routeKey === 'POST /chat/leave'
        ? [
            {
              Effect: 'Allow',
              Action: [
                'dynamodb:BatchGetItem',
                'dynamodb:Query',
                'dynamodb:PutItem',
                'dynamodb:UpdateItem',
              ],
              Resource: table.tableArn,
            },
          ]
        : [
            { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: table.tableArn },
            { Effect: 'Allow', Action: 'dynamodb:Query', Resource: index },
          ]),
    ])
  })

  test('has a role of its own, without managed or inline policies', () => {
    const { role } = behind(routeKey)
    expect(Object.keys(role)).toEqual(['AssumeRolePolicyDocument'])
    dev.resourceCountIs('AWS::IAM::Role', 3)
    dev.resourceCountIs('AWS::IAM::Policy', 3)
  })
})

test('the identity claim and unverified addresses are settled by the context', () => {
  const template = templateOf({ identityClaim: 'sub', requireVerifiedEmail: 'false' })
  const functions = propertiesOf(template, 'AWS::Lambda::Function')
  expect(functions).toHaveLength(3)
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
  ])('of %s, all of them, are kept for a time', (_, template, RetentionInDays, DeletionPolicy) => {
    const logGroups = Object.values(template.findResources('AWS::Logs::LogGroup'))
    expect(logGroups).toHaveLength(4)
    for (const logGroup of logGroups)
      expect(logGroup).toMatchObject({ DeletionPolicy, Properties: { RetentionInDays } })
  })

  test('of each function and of the API go to a group each', () => {
    const functions = propertiesOf(dev, 'AWS::Lambda::Function')
    const [stage] = propertiesOf(dev, 'AWS::ApiGatewayV2::Stage')
    const logGroups = [
      ...functions.map(({ LoggingConfig }) => LoggingConfig.LogGroup.Ref),
      stage.AccessLogSettings.DestinationArn['Fn::GetAtt'][0],
    ]
    expect(logGroups.sort()).toEqual(Object.keys(dev.findResources('AWS::Logs::LogGroup')).sort())
  })

  test('of requests are JSON that tells where a failure came from, and nothing of the caller', () => {
    const [stage] = propertiesOf(dev, 'AWS::ApiGatewayV2::Stage')
    expect(JSON.parse(stage.AccessLogSettings.Format)).toEqual({
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

describe('with an issuer', () => {
  test('its tokens for the audience are taken', () => {
    withIssuer.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: foreign.issuer, Audience: [foreign.audience] },
    })
  })

  test('no user pool is made, and none is told of', () => {
    withIssuer.resourceCountIs('AWS::Cognito::UserPool', 0)
    withIssuer.resourceCountIs('AWS::Cognito::UserPoolClient', 0)
    expect(Object.keys(withIssuer.findOutputs('*'))).toEqual(['ApiUrl'])
  })
})

describe('without an issuer', () => {
  const [poolId] = Object.keys(dev.findResources('AWS::Cognito::UserPool'))
  const [clientId] = Object.keys(dev.findResources('AWS::Cognito::UserPoolClient'))

  test('tokens of our own user pool are taken', () => {
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

  test('anyone may sign up with an address, which counts once it is verified', () => {
    dev.hasResourceProperties('AWS::Cognito::UserPool', {
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: false },
      UsernameAttributes: ['email'],
      UsernameConfiguration: { CaseSensitive: false },
      AutoVerifiedAttributes: ['email'],
      UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
    })
  })

  test('apps sign in by SRP, without a secret and without hosted pages', () => {
    dev.hasResourceProperties('AWS::Cognito::UserPoolClient', {
      UserPoolId: { Ref: poolId },
      ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
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

  test('the stack tells the URL and the ids of pool and client', () => {
    const [apiId] = Object.keys(dev.findResources('AWS::ApiGatewayV2::Api'))
    expect(dev.findOutputs('*')).toEqual({
      ApiUrl: { Value: { 'Fn::GetAtt': [apiId, 'ApiEndpoint'] } },
      UserPoolId: { Value: { Ref: poolId } },
      UserPoolClientId: { Value: { Ref: clientId } },
    })
  })
})
