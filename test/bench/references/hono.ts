import { QueryCommand } from '@aws-sdk/client-dynamodb'
import { Hono } from 'hono'
import { handle } from 'hono/aws-lambda'
import { type Event, queryOf } from './query.ts'
import { client } from './tuned-client.ts'

const app = new Hono<{ Bindings: { event: Event } }>()
app.get('/chat/personal', async (c) => {
  const { Items } = await client.send(new QueryCommand(queryOf(c.env.event)))
  return c.json(Items)
})

// The package that will replace it is not published yet.
// eslint-disable-next-line @typescript-eslint/no-deprecated
export const handler = handle(app)
