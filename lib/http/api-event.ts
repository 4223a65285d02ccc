import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda'

/** What API Gateway calls a function with: payload format 2.0, the token verified. */
export type ApiEvent = APIGatewayProxyEventV2WithJWTAuthorizer
