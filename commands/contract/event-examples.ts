import { readFileSync } from 'node:fs'

/** An event as the bus delivers it. */
interface EventExample {
  source?: string
  'detail-type': string
  detail: object
}

const text = readFileSync(new URL('../../docs/events.md', import.meta.url), 'utf8')

const examples = Array.from(
  text.matchAll(/```json\n(.*?)```/gs),
  ([, json]) => JSON.parse(json!) as EventExample,
)

/**
 * Finds the example of an event in docs/events.md.
 * @param source the one of the inbox, or undefined for an event that a chat backend sends
 */
export const findEventExample = (type: string, source?: string): EventExample => {
  const example = examples.find((one) => one['detail-type'] === type && one.source === source)
  if (!example) throw new Error(`docs/events.md has no example of ${type}`)
  return example
}
