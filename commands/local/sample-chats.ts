import { readFile } from 'node:fs/promises'
import { deliverEvents, type EventsFunction } from './deliver-events.ts'

const file = new URL('sample-chats.jsonl', import.meta.url)

/** Applies the events of the sample chats. */
export const loadSampleChats = async (applyChatEvents: EventsFunction): Promise<void> => {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
  const refused = await deliverEvents(applyChatEvents, lines)
  if (refused.length > 0)
    throw new Error(`${refused.length} events of the sample chats were refused: ${refused[0]}`)
}
