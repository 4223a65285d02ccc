import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import type { ApiEvent } from '../../lib/http/api-event.ts'
import { apiEvent, type ApiRequest } from './api-event.ts'
import { notePermissions } from './needed-permissions.ts'
import { type ApiResponse, readResponse } from './read-response.ts'

type ApiFunction = (event: ApiEvent, context: Context) => Promise<APIGatewayProxyStructuredResultV2>

/** Calls any handler with the event that API Gateway makes of a request. */
export const invoke = async (handler: unknown, request: ApiRequest = {}): Promise<ApiResponse> => {
  const { timeLeftMs = 10_000 } = request
  const end = Date.now() + timeLeftMs
  const context = {
    awsRequestId: 'test',
    getRemainingTimeInMillis: () => end - Date.now(),
  } as Context
  const response = await notePermissions(handler, () =>
    (handler as ApiFunction)(apiEvent(request), context),
  )
  return readResponse(response)
}
