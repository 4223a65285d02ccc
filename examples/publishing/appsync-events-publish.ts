import { channelOf } from './backend.ts'
import type { InboxChangedEvent } from './inbox-changed.ts'
import { readSecret, readVariable, signedPost } from './signed-post.ts'

/**
 * Publishes an `inbox.changed` on the channel of its user. After an error, Lambda calls it again.
 * https://docs.aws.amazon.com/appsync/latest/eventapi/publish-http.html
 */
export const handler = async ({ detail }: InboxChangedEvent): Promise<void> => {
  const response = await signedPost(
    'appsync',
    readVariable('EVENT_URL'),
    JSON.stringify({
      channel: channelOf(await readSecret(), detail.email),
      events: [JSON.stringify(detail)],
    }),
  )
  if (!response.ok)
    throw new Error(`The Event API responds with ${response.status}: the event is not published.`)
  const { failed = [] } = (await response.json()) as { failed?: { code?: number }[] | null }
  if (failed?.[0]) throw new Error(`The Event API refuses the event with ${failed[0].code}.`)
}
