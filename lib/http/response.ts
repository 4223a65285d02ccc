import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'

export type ApiResponse = APIGatewayProxyStructuredResultV2 & { headers: Record<string, string> }

export const makeJsonResponse = (
  statusCode: number,
  body: unknown,
  headers: Record<string, string>,
): ApiResponse => ({
  statusCode,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

/** For responses that no cache may keep. */
export const noStore = { 'cache-control': 'no-store' }
