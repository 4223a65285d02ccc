import { readFile } from 'node:fs/promises'
import { deliverEvents } from './deliver-events.ts'

const file = new URL('sample-chats.jsonl', import.meta.url)

/** Applies the events of the sample chats. */
export const loadSampleChats = async (): Promise<void> => {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
  const [cause, ...others] = await deliverEvents(lines)
  if (cause)
    throw new Error(`${1 + others.length} events of the sample chats were not applied`, { cause })
}
