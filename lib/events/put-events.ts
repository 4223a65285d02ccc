import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { publishedSource } from '../domain/published.ts'
import type { PutEvents } from './publish-changes.ts'

/** Makes the function that puts events on a bus. The SDK repeats a call that was throttled or not responded to. */
export const makePutEvents = (busName: string): PutEvents => {
  // Three tries end within the function's time limit.
  const client = new EventBridgeClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1000, requestTimeout: 5000, throwOnRequestTimeout: true },
  })
  return async (events, abortSignal) => {
    const { Entries = [] } = await client.send(
      new PutEventsCommand({
        Entries: events.map(({ type, detail }) => ({
          EventBusName: busName,
          Source: publishedSource,
          DetailType: type,
          Detail: JSON.stringify(detail),
        })),
      }),
      { abortSignal },
    )
    return events.map((_, index) => {
      const { EventId, ErrorCode, ErrorMessage } = Entries[index] ?? {}
      return EventId === undefined
        ? new Error(`the bus refused an event: ${ErrorCode ?? 'no reason'} ${ErrorMessage ?? ''}`)
        : undefined
    })
  }
}
