import { hash, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { DynamoDBStreamEvent, SQSEvent } from 'aws-lambda'
import type { ChatEvent } from '../../lib/domain/events.ts'
import type { ApiEvent } from '../../lib/http/api-event.ts'
import { apiEvent, type ApiRequest } from '../support/api-event.ts'

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`payloads/${name}.json`, import.meta.url), 'utf8'))

/**
 * As AWS publishes it, without the result of a Lambda authorizer, which excludes that of a JWT authorizer:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export const publishedRequest = read('http-api-request') as ApiEvent

/** As AWS publishes it: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export const publishedBatch = read('sqs-batch') as SQSEvent

/** As AWS publishes it: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html */
export const publishedStreamBatch = read('dynamodb-stream-batch') as DynamoDBStreamEvent

/** The token that API Gateway passes on to the function with the other headers. */
export const bearerToken = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl'

/** The published request, as it is for one of our routes, with the claims of a user. */
export const makeRequest = (request: ApiRequest): ApiEvent => {
  const headers = { authorization: `Bearer ${bearerToken}`, ...request.headers }
  const event = apiEvent({ ...request, headers })
  const { requestContext } = publishedRequest
  return {
    ...publishedRequest,
    // A request without them does not have these fields.
    body: undefined,
    pathParameters: undefined,
    queryStringParameters: undefined,
    stageVariables: undefined,
    ...event,
    requestContext: {
      ...requestContext,
      ...event.requestContext,
      requestId: randomUUID(),
      routeKey: event.routeKey,
    },
  } as ApiEvent
}

/** A batch of messages with these bodies, each like the published one. */
export const makeBatch = (bodies: string[]): SQSEvent => ({
  Records: bodies.map((body) => ({
    ...publishedBatch.Records[0]!,
    messageId: randomUUID(),
    body,
    md5OfBody: hash('md5', body),
  })),
})

/**
 * The body of the message that EventBridge makes of an event:
 * https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
 */
export const toMessage = ({ type, ...detail }: ChatEvent): string =>
  JSON.stringify({
    version: '0',
    id: randomUUID(),
    'detail-type': type,
    source: 'chat',
    account: '123456789012',
    time: '2024-01-01T00:00:00Z',
    region: 'us-east-1',
    resources: [],
    detail,
  })
