import { DeleteItemCommand, DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb'
import type { InboxChangedEvent } from './inbox-changed.ts'
import { readVariable, signedPost } from './signed-post.ts'

const client = new DynamoDBClient({})

/**
 * Sends an `inbox.changed` to all connections of its user. If some fail, the others still get it, and Lambda calls it
 * again: those get it twice.
 */
export const handler = async ({ detail }: InboxChangedEvent): Promise<void> => {
  const message = JSON.stringify(detail)
  const ids = await listConnections(detail.email)
  const results = await Promise.allSettled(ids.map((id) => send(id, message)))
  const failures = results.filter((result) => result.status === 'rejected')
  if (failures[0])
    throw new Error(
      `${failures.length} of ${ids.length} connections did not take the message: ${String(failures[0].reason)}`,
    )
}

/** The index is some milliseconds behind, which is less than an app takes to load its list after it has connected. */
const listConnections = async (email: string): Promise<string[]> => {
  const pages = paginateQuery(
    { client },
    {
      TableName: readVariable('TABLE_NAME'),
      IndexName: 'by_email',
      KeyConditionExpression: 'email = :email',
      ExpressionAttributeValues: { ':email': { S: email } },
    },
  )
  const ids: string[] = []
  for await (const { Items = [] } of pages)
    ids.push(...Items.map(({ connection_id }) => connection_id!.S!))
  return ids
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html */
const send = async (id: string, message: string): Promise<void> => {
  const url = `${readVariable('CALLBACK_URL')}/@connections/${encodeURIComponent(id)}`
  const response = await signedPost('execute-api', url, message)
  if (response.status === 410) await forget(id)
  else if (!response.ok) throw new Error(`API Gateway responds with ${response.status}.`)
}

/** $disconnect is not delivered for certain. */
const forget = (id: string): Promise<unknown> =>
  client.send(
    new DeleteItemCommand({
      TableName: readVariable('TABLE_NAME'),
      Key: { connection_id: { S: id } },
    }),
  )
