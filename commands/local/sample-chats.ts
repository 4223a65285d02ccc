import { readFile } from 'node:fs/promises'
import { deliverEvents } from './deliver-events.ts'
import { makeSampleInbox } from './sample-inbox.ts'

const file = new URL('sample-chats.jsonl', import.meta.url)

/**
 * How much older than they are the rows of the sample inbox look to `since`, which repeats the rows of the last two
 * minutes. A sync that runs meanwhile does not miss them, because this is less.
 */
const inboxAgeMs = 100_000

/** Applies the events of the sample chats, which the documents use. */
export const loadSampleChats = async (): Promise<void> => {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
  await load(lines)
}

/** Applies the events of the inbox that the page shows first. */
export const loadSampleInbox = (): Promise<void> => load(makeSampleInbox(Date.now()), inboxAgeMs)

const load = async (lines: string[], ageMs?: number): Promise<void> => {
  const [cause, ...others] = await deliverEvents(lines, ageMs)
  if (cause)
    throw new Error(`${1 + others.length} events of the sample chats were not applied`, { cause })
}
