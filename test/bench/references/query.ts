import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda'
import { activityPrefix, userPartition } from '../../../lib/store/keys.ts'
import { type Attributes, toRow } from '../../../lib/store/rows/stored-row.ts'
import { inboxIndex } from '../../../lib/store/schema.ts'

export type Event = APIGatewayProxyEventV2WithJWTAuthorizer

/** A plain Query for a first page of 20 rooms: the total and 20 rows. */
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

/** Set for a reference that reads the inbox's own table, whose compact rows it has to parse. */
const hasCompactRows = process.env['ROWS'] === 'compact'

/** Returns plain rows unchanged. */
export const responseOf = (items: Attributes[] = []) => ({
  statusCode: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(hasCompactRows ? parseRows(items) : items),
})

const parseRows = ([total, ...rows]: Attributes[]) => ({ total, rows: rows.map(toRow) })
