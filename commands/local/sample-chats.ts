import { readFile } from 'node:fs/promises'
import { deliverEvents } from './deliver-events.ts'
import { makeSampleInbox } from './sample-inbox.ts'

const file = new URL('sample-chats.jsonl', import.meta.url)

/**
 * How much older than they are the rows of the sample inbox look. `since` repeats what changed in the two minutes before
 * a sync: it would have all rooms. Nobody has read the list before.
 */
const inboxAgeMs = 180_000

/** Applies the events of the sample chats, which the documents use. */
export const loadSampleChats = async (): Promise<void> => {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
  await load(lines)
}

/** Applies the events of the inbox that the page shows first. */
export const loadSampleInbox = (): Promise<void> => load(makeSampleInbox(Date.now()), inboxAgeMs)

const load = async (lines: string[], ageMs?: number): Promise<void> => {
  const { failures } = await deliverEvents(lines, ageMs)
  const [first] = failures
  if (first)
    throw new Error(`${failures.length} events of the sample chats were not applied`, {
      cause: first.error,
    })
}
