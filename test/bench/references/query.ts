import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda'
import { activityPrefix, userPartition } from '../../../lib/store/keys.ts'
import { listedAttributes } from '../../../lib/store/rows/stored-row.ts'
import { inboxIndex } from '../../../lib/store/table.ts'

export type Event = APIGatewayProxyEventV2WithJWTAuthorizer

/** The one Query behind a first page of 20 rooms, the total and 20 rows, as one writes it who wants those. */
export const queryOf = ({ rawPath, requestContext }: Event) => ({
  ...pageOf(rawPath, String(requestContext.authorizer.jwt.claims['email'])),
  ...common,
})

const common = {
  TableName: process.env['TABLE_NAME'],
  IndexName: inboxIndex,
  ConsistentRead: true,
  ScanIndexForward: false,
  KeyConditionExpression: 'pk = :pk AND begins_with(activity, :listing)',
  Limit: 21,
}

const pageOf = (path: string, email: string) => ({
  ExpressionAttributeValues: {
    ':pk': { S: userPartition(email).pk },
    ':listing': { S: activityPrefix(path === '/chat/group' ? 'group' : 'single') },
  },
})

/** What the listing functions ask for beside it: no more of a row than is shown. */
export const projection = {
  ProjectionExpression: [...listedAttributes, '#total'].join(', '),
  ExpressionAttributeNames: { '#total': 'total' },
}

export const answerOf = (items: unknown) => ({
  statusCode: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(items),
})
