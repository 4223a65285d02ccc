import { QueryCommand } from '@aws-sdk/client-dynamodb'
import serverlessExpress, { getCurrentInvoke } from '@codegenie/serverless-express'
import express from 'express'
import { type Event, queryOf } from './query.ts'
import { client } from './tuned-client.ts'

const app = express()
app.get('/chat/personal', async (_request, response) => {
  const { event } = getCurrentInvoke() as { event: Event }
  const { Items } = await client.send(new QueryCommand(queryOf(event)))
  response.json(Items)
})

export const handler = serverlessExpress({ app })
