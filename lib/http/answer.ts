import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'

export type Answer = APIGatewayProxyStructuredResultV2 & { headers: Record<string, string> }

export const makeJsonAnswer = (
  statusCode: number,
  body: unknown,
  headers: Record<string, string>,
): Answer => ({
  statusCode,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

/** For answers that no cache may keep. */
export const notStored = { 'cache-control': 'no-store' }
