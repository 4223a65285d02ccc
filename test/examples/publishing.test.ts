import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  paginateScan,
} from '@aws-sdk/client-dynamodb'
import { Template } from 'aws-cdk-lib/assertions'
import { AwsSolutionsChecks } from 'cdk-nag'
import { AppSyncEventsStack } from '../../examples/publishing/appsync-events-stack.ts'
import { handler as publish } from '../../examples/publishing/appsync-events-publish.ts'
import { channelOf, makeTicket, readTicket } from '../../examples/publishing/backend.ts'
import { WebhookStack } from '../../examples/publishing/webhook-stack.ts'
import { handler as connect } from '../../examples/publishing/websocket-connect.ts'
import { handler as send } from '../../examples/publishing/websocket-send.ts'
import { WebSocketStack } from '../../examples/publishing/websocket-stack.ts'
import { createApp } from '../infra/create-app.ts'
import { matchesPattern } from '../support/event-pattern.ts'
import { idOf, onlyOf, propertiesOf, resourceOf } from '../support/templates.ts'
import { startAws } from './aws-server.ts'
import { makeChange } from './make-change.ts'

const app = createApp()
const busName = 'chat-inbox-dev-events'
const endpoint = 'https://hooks.example.com/inbox'
const issuer = 'https://auth.example.com'
const [webhook, appSync, webSocket] = [
  new WebhookStack(app, 'webhook', { busName, endpoint }),
  new AppSyncEventsStack(app, 'appsync', { busName, issuer, audience: 'chat.app' }),
  new WebSocketStack(app, 'websocket', { busName }),
].map((stack) => Template.fromStack(stack)) as [Template, Template, Template]
const stacks = Object.entries({ webhook, appSync, webSocket })

const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] })
const queueOf = (template: Template) => idOf(template, 'AWS::SQS::Queue')
const targetOf = (template: Template) => onlyOf(template, 'AWS::Events::Rule')['Targets'][0]
/** What the function may do, except logging, of which each has a statement. */
const allowed = (template: Template, functionId: string) => {
  const role = resourceOf(template, functionId)['Role']['Fn::GetAtt'][0]
  const { PolicyDocument } = propertiesOf(template, 'AWS::IAM::Policy').find(
    ({ Roles }) => Roles[0].Ref === role,
  )!
  return Object.fromEntries(
    PolicyDocument.Statement.filter(({ Action }: any) => !String(Action).startsWith('logs:')).map(
      ({ Action, Resource }: any) => [String(Action), Resource],
    ),
  )
}
const functionWith = (template: Template, variable: string): string =>
  Object.entries(template.findResources('AWS::Lambda::Function')).find(
    ([, { Properties }]) => variable in (Properties.Environment?.Variables ?? {}),
  )![0]

describe('each stack', () => {
  const inboxChanged = { source: 'chat-inbox', 'detail-type': 'inbox.changed' }

  test.each(stacks)(
    '%s receives inbox.changed, and no event of the chat backend',
    (_, template) => {
      const { EventPattern, EventBusName } = onlyOf(template, 'AWS::Events::Rule')
      expect(EventBusName).toBe(busName)
      expect(matchesPattern(EventPattern, inboxChanged)).toBe(true)
      expect(matchesPattern(EventPattern, { ...inboxChanged, source: 'chat' })).toBe(false)
    },
  )

  test('only the webhook receives participant.left, which is for backends', () => {
    const left = { ...inboxChanged, 'detail-type': 'participant.left' }
    const receivers = stacks.filter(([, template]) =>
      matchesPattern(onlyOf(template, 'AWS::Events::Rule')['EventPattern'], left),
    )
    expect(receivers.map(([name]) => name)).toEqual(['webhook'])
  })

  test.each(stacks)(
    '%s keeps what it cannot deliver in an encrypted queue, to which only its rule may send',
    (_, template) => {
      const queueId = queueOf(template)
      const ruleId = idOf(template, 'AWS::Events::Rule')
      expect(targetOf(template).DeadLetterConfig).toEqual({ Arn: arnOf(queueId) })
      expect(resourceOf(template, queueId)).toMatchObject({
        SqsManagedSseEnabled: true,
        MessageRetentionPeriod: 14 * 24 * 60 * 60,
      })
      expect(onlyOf(template, 'AWS::SQS::QueuePolicy')['PolicyDocument'].Statement).toEqual([
        expect.objectContaining({
          Effect: 'Deny',
          Action: 'sqs:*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
        expect.objectContaining({
          Action: 'sqs:SendMessage',
          Principal: { Service: 'events.amazonaws.com' },
          Condition: { ArnEquals: { 'aws:SourceArn': arnOf(ruleId) } },
        }),
      ])
    },
  )

  test.each(stacks)('%s lets nobody but its rule and its API call a function', (_, template) => {
    template.resourceCountIs('AWS::Lambda::Url', 0)
    for (const permission of propertiesOf(template, 'AWS::Lambda::Permission')) {
      expect(['events.amazonaws.com', 'apigateway.amazonaws.com']).toContain(
        permission['Principal'],
      )
      expect(permission['SourceArn']).toBeDefined()
    }
  })

  test.each(stacks)('%s lets AWS make its secret, and shows it nowhere', (_, template) => {
    expect(onlyOf(template, 'AWS::SecretsManager::Secret')).toEqual({
      Description: expect.any(String),
      GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true },
    })
    for (const { Value } of Object.values(template.findOutputs('*')))
      expect(JSON.stringify(Value)).not.toContain('resolve')
  })

  test.each([
    ['appSync', appSync, 'EVENT_URL'],
    ['webSocket', webSocket, 'CALLBACK_URL'],
  ])('%s keeps what its function fails with, too', (_, template, variable) => {
    expect(targetOf(template).Arn).toEqual(arnOf(functionWith(template, variable)))
    expect(onlyOf(template, 'AWS::Lambda::EventInvokeConfig')).toMatchObject({
      DestinationConfig: { OnFailure: { Destination: arnOf(queueOf(template)) } },
      FunctionName: { Ref: functionWith(template, variable) },
      MaximumEventAgeInSeconds: 300,
      MaximumRetryAttempts: 2,
    })
  })

  test('passes AwsSolutions, except for what is explained here', () => {
    const { violations } = new AwsSolutionsChecks().validateScope(app)
    const found = violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(
        (resource) => `${ruleName.replace(/\[.*/, '')} ${resource.constructPath!}`,
      ),
    )
    expect(found.sort()).toEqual([
      // An access log of a WebSocket API needs a role that is a setting of the whole account.
      'AwsSolutions-APIG1 websocket/Stage/Resource',
      // The function checks the ticket. $disconnect is called by API Gateway only.
      'AwsSolutions-APIG4 websocket/Api/$connect-Route/Resource',
      'AwsSolutions-APIG4 websocket/Api/$disconnect-Route/Resource',
      // The id of a connection is known only when it is open.
      'AwsSolutions-IAM5 websocket/websocket-send/Role/DefaultPolicy/Resource',
      // Its owner changes a secret, in step with the backend or receiver that has it too.
      'AwsSolutions-SMG4 appsync/Secret/Resource',
      'AwsSolutions-SMG4 webhook/Secret/Resource',
      'AwsSolutions-SMG4 websocket/Secret/Resource',
      // They are dead-letter queues.
      'AwsSolutions-SQS3 appsync/appsync-events-publish/Undelivered/Resource',
      'AwsSolutions-SQS3 webhook/Undelivered/Resource',
      'AwsSolutions-SQS3 websocket/websocket-send/Undelivered/Resource',
    ])
  }, 60_000)
})

describe('the webhook', () => {
  test('posts to the endpoint with the key from Secrets Manager, for at most a day', () => {
    const destinationId = idOf(webhook, 'AWS::Events::ApiDestination')
    expect(resourceOf(webhook, destinationId)).toMatchObject({
      HttpMethod: 'POST',
      InvocationEndpoint: endpoint,
      ConnectionArn: arnOf(idOf(webhook, 'AWS::Events::Connection')),
    })
    const secret = { Ref: idOf(webhook, 'AWS::SecretsManager::Secret') }
    expect(onlyOf(webhook, 'AWS::Events::Connection')).toMatchObject({
      AuthorizationType: 'API_KEY',
      AuthParameters: {
        ApiKeyAuthParameters: {
          ApiKeyName: 'x-api-key',
          ApiKeyValue: {
            'Fn::Join': ['', ['{{resolve:secretsmanager:', secret, ':SecretString:::}}']],
          },
        },
      },
    })
    expect(targetOf(webhook)).toMatchObject({
      Arn: arnOf(destinationId),
      RoleArn: arnOf(idOf(webhook, 'AWS::IAM::Role')),
      RetryPolicy: { MaximumEventAgeInSeconds: 24 * 60 * 60, MaximumRetryAttempts: 185 },
    })
    expect(onlyOf(webhook, 'AWS::IAM::Policy')['PolicyDocument'].Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'events:InvokeApiDestination',
        Resource: arnOf(destinationId),
      },
    ])
  })
})

describe('the Event API', () => {
  test('takes connections and subscriptions with a token of the audience, and events with a role', () => {
    expect(onlyOf(appSync, 'AWS::AppSync::Api')['EventConfig']).toEqual({
      AuthProviders: [
        {
          AuthType: 'OPENID_CONNECT',
          OpenIDConnectConfig: { Issuer: issuer, ClientId: '^chat\\.app$' },
        },
        { AuthType: 'AWS_IAM' },
      ],
      ConnectionAuthModes: [{ AuthType: 'OPENID_CONNECT' }],
      DefaultSubscribeAuthModes: [{ AuthType: 'OPENID_CONNECT' }],
      DefaultPublishAuthModes: [{ AuthType: 'AWS_IAM' }],
    })
    appSync.resourceCountIs('AWS::AppSync::ApiKey', 0)
  })

  test.each([
    ['/inbox/0123abcd', 'takes'],
    ['/inbox/*', 'refuses'],
    ['/inbox/0123abcd/*', 'refuses'],
  ])('for a subscription to %s, %s it', (path, expected) => {
    const code: string = onlyOf(appSync, 'AWS::AppSync::ChannelNamespace')['CodeHandlers']
    const [imports, body] = code.split('export ')
    expect(imports!.trim()).toBe("import { util } from '@aws-appsync/utils'")
    let result = 'takes'
    const util = { unauthorized: () => (result = 'refuses') }
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    new Function('util', 'ctx', `${body!}; onSubscribe(ctx)`)(util, { info: { channel: { path } } })
    expect(result).toBe(expected)
  })

  test('lets the function publish in its namespace and read the secret, and nothing else', () => {
    expect(allowed(appSync, functionWith(appSync, 'EVENT_URL'))).toEqual({
      'appsync:EventPublish': {
        'Fn::GetAtt': [idOf(appSync, 'AWS::AppSync::ChannelNamespace'), 'ChannelNamespaceArn'],
      },
      'secretsmanager:GetSecretValue': { Ref: idOf(appSync, 'AWS::SecretsManager::Secret') },
      'sqs:GetQueueAttributes,sqs:GetQueueUrl,sqs:SendMessage': arnOf(queueOf(appSync)),
    })
  })
})

describe('the WebSocket API', () => {
  const tableArn = arnOf(idOf(webSocket, 'AWS::DynamoDB::GlobalTable'))

  test('has only the routes that open and close connections, and a limit of requests', () => {
    const keys = propertiesOf(webSocket, 'AWS::ApiGatewayV2::Route').map(({ RouteKey }) => RouteKey)
    expect(keys).toEqual(['$connect', '$disconnect'])
    expect(onlyOf(webSocket, 'AWS::ApiGatewayV2::Stage')['DefaultRouteSettings']).toEqual({
      ThrottlingRateLimit: 100,
      ThrottlingBurstLimit: 200,
    })
  })

  test('forgets connections in the end', () => {
    expect(onlyOf(webSocket, 'AWS::DynamoDB::GlobalTable')).toMatchObject({
      TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
    })
  })

  test('lets one function keep connections, and the other one send to them', () => {
    expect(allowed(webSocket, functionWith(webSocket, 'SECRET_ARN'))).toEqual({
      'dynamodb:DeleteItem,dynamodb:PutItem': tableArn,
      'secretsmanager:GetSecretValue': { Ref: idOf(webSocket, 'AWS::SecretsManager::Secret') },
    })
    expect(allowed(webSocket, functionWith(webSocket, 'CALLBACK_URL'))).toEqual({
      'dynamodb:Query': { 'Fn::Join': ['', [tableArn, '/index/by_email']] },
      'dynamodb:DeleteItem': tableArn,
      'execute-api:ManageConnections': {
        'Fn::Join': ['', expect.arrayContaining(['/live/POST/@connections/*'])],
      },
      'sqs:GetQueueAttributes,sqs:GetQueueUrl,sqs:SendMessage': arnOf(queueOf(webSocket)),
    })
  })
})

const secret = 'secret'
const nine = new Date('2026-01-05T09:00:00Z')
const ticket =
  'eyJlbWFpbCI6ImFubkBleGFtcGxlLmNvbSIsImV4cGlyZXMiOjE3Njc2MDM2NjB9._3plsey0fu66II9F8dv0IpKudqnEkUhd49FoF5mblPU'

describe('what a backend computes', () => {
  test('is the same channel for each spelling of an address, of letters, digits and dashes', () => {
    const channel = 'inbox/beac5748fe881f214ea8b8f7b35dd2452f728e8939045499'
    expect(channelOf(secret, 'ann@example.com')).toBe(channel)
    expect(channelOf(secret, ' Ann@Example.com')).toBe(channel)
    expect(channelOf(secret, 'bob@example.com')).not.toBe(channel)
    for (const segment of channel.split('/')) expect(segment).toMatch(/^[A-Za-z0-9-]{1,50}$/)
  })

  test('is a ticket that is valid for a minute', () => {
    expect(makeTicket(secret, 'Ann@example.com', nine)).toBe(ticket)
    expect(readTicket(secret, ticket, new Date('2026-01-05T09:00:59.999Z'))).toBe('ann@example.com')
    expect(readTicket(secret, ticket, new Date('2026-01-05T09:01:00Z'))).toBeUndefined()
  })

  test.each([
    ['with another secret', makeTicket('another', 'ann@example.com', nine)],
    ['with a signature of another ticket', ticket.replace(/^[^.]+/, 'e30')],
    ['without a signature', `${ticket.split('.')[0]!}.`],
    ['that is empty', ''],
  ])('and no ticket %s is valid', (_, wrong) => {
    expect(readTicket(secret, wrong, nine)).toBeUndefined()
  })
})

describe('the functions', () => {
  let aws: Awaited<ReturnType<typeof startAws>>
  const db = new DynamoDBClient({})
  const TableName = process.env['TABLE_NAME']!

  beforeAll(async () => {
    aws = await startAws()
    process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER'] = `${aws.url}/`
    process.env['SECRET_ARN'] = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:s'
    process.env['EVENT_URL'] = `${aws.url}/event`
    process.env['CALLBACK_URL'] = `${aws.url}/live`
    const { AttributeDefinitions, KeySchema, BillingMode, GlobalSecondaryIndexes } = onlyOf(
      webSocket,
      'AWS::DynamoDB::GlobalTable',
    ) as CreateTableCommandInput
    await db.send(
      new CreateTableCommand({
        TableName,
        AttributeDefinitions,
        KeySchema,
        BillingMode,
        GlobalSecondaryIndexes,
      }),
    )
  })
  afterAll(() => {
    aws.close()
  })

  /** What the services respond with, by path; 200 if left out. */
  let answers: Record<string, { status: number; body?: object }>
  beforeEach(() => {
    answers = {}
    aws.calls = []
    aws.respond = ({ path }) =>
      path === '/'
        ? { status: 200, body: { SecretString: secret } }
        : (answers[path] ?? { status: 200 })
  })
  const callsOf = (service: string) => aws.calls.filter((call) => call.service === service)
  const change = makeChange({ sequence: '1', unread_count: 1 })

  // The secret is read once, so this comes first.
  test('fail without the secret, and read it again', async () => {
    aws.respond = () => ({ status: 400 })
    await expect(publish({ detail: change })).rejects.toThrow(
      'Secrets Manager responds with 400: the role of the function must be allowed to read SECRET_ARN.',
    )
    expect(aws.calls).toEqual([
      {
        path: '/',
        service: 'secretsmanager',
        target: 'secretsmanager.GetSecretValue',
        body: { SecretId: process.env['SECRET_ARN'] },
      },
    ])
  })

  describe('publish on AppSync Events', () => {
    test('the event as text, on the channel of its user', async () => {
      answers['/event'] = { status: 200, body: { successful: [{ index: 0 }], failed: [] } }

      await publish({ detail: change })

      expect(callsOf('appsync')).toMatchObject([
        {
          path: '/event',
          body: {
            channel: channelOf(secret, 'ann@example.com'),
            events: [JSON.stringify(change)],
          },
        },
      ])
    })

    test.each([
      [{ status: 403 }, 'The Event API responds with 403: the event is not published.'],
      [
        { status: 200, body: { failed: [{ index: 0, code: 429 }] } },
        'The Event API refuses the event with 429.',
      ],
    ])('or fail, so that Lambda tries again: %j', async (answer, message) => {
      answers['/event'] = answer
      await expect(publish({ detail: change })).rejects.toThrow(message)
    })
  })

  describe('keep connections', () => {
    const open = (connectionId: string, query?: Record<string, string>) =>
      connect({
        requestContext: { routeKey: '$connect', connectionId },
        ...(query && { queryStringParameters: query }),
      })
    const openFor = (connectionId: string, email: string) =>
      open(connectionId, { ticket: makeTicket(secret, email, new Date()) })
    const close = (connectionId: string) =>
      connect({ requestContext: { routeKey: '$disconnect', connectionId } })
    const listStored = async () => {
      const stored: Record<string, any>[] = []
      for await (const { Items = [] } of paginateScan({ client: db }, { TableName }))
        stored.push(...Items)
      return stored
    }
    const idsOf = async () =>
      (await listStored()).map(({ connection_id }) => connection_id.S).sort()
    const pathOf = (id: string) => `/live/@connections/${encodeURIComponent(id)}`

    test('from $connect to $disconnect, for two hours at most', async () => {
      expect(await openFor('a=', 'ann@example.com')).toEqual({ statusCode: 200 })

      const [stored] = await listStored()
      expect(stored).toMatchObject({
        connection_id: { S: 'a=' },
        email: { S: 'ann@example.com' },
      })
      const seconds = Number(stored!['expires_at'].N) - Date.now() / 1000
      expect(Math.abs(seconds - 2 * 60 * 60)).toBeLessThan(60)

      expect(await close('a=')).toEqual({ statusCode: 200 })
      expect(await idsOf()).toEqual([])
    })

    test.each([
      ['no ticket', undefined],
      ['an old ticket', { ticket }],
      ['a forged ticket', { ticket: makeTicket('guess', 'ann@example.com', new Date()) }],
    ])('but not those with %s', async (_, query) => {
      expect(await open('b=', query)).toEqual({ statusCode: 401 })
      expect(await idsOf()).toEqual([])
    })

    describe('and send to them', () => {
      beforeEach(async () => {
        await openFor('a1=', 'Ann@example.com')
        await openFor('a2=', 'ann@example.com')
        await openFor('b1=', 'bob@example.com')
      })
      const sentTo = () =>
        callsOf('execute-api')
          .map(({ path }) => path)
          .sort()

      test('the event, to all of the user and to no other', async () => {
        await send({ detail: change })

        expect(sentTo()).toEqual([pathOf('a1='), pathOf('a2=')])
        expect(callsOf('execute-api')[0]!.body).toEqual(change)
      })

      test('nothing if the user has none', async () => {
        await send({ detail: { ...change, email: 'eve@example.com' } })

        expect(sentTo()).toEqual([])
      })

      test('and forget those that are gone', async () => {
        answers[pathOf('a1=')] = { status: 410 }

        await send({ detail: change })

        expect(sentTo()).toHaveLength(2)
        expect(await idsOf()).toEqual(['a2=', 'b1='])
      })

      test('or fail, so that Lambda tries again, after the others have the event', async () => {
        answers[pathOf('a1=')] = { status: 500 }

        await expect(send({ detail: change })).rejects.toThrow(
          '1 of 2 connections did not take the message: Error: API Gateway responds with 500.',
        )

        expect(sentTo()).toHaveLength(2)
        expect(await idsOf()).toEqual(['a1=', 'a2=', 'b1='])
      })
    })
  })
})
