import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { EventRefused } from '../../lib/domain/errors.ts'
import { deliverEvents } from './deliver-events.ts'
import { isFromThisServer } from './event-origin.ts'

/** What a batch of the queue has in a deployment. */
const maxEntries = 100
/** How many of the events that were not applied a response names. */
const maxNamed = 10
const maxBodyMb = 10

const sendEvents = 'send an event, a list of events, or an event on each line'
const importEvents = 'or import them from a file with npm run import'

/**
 * Adds `POST /local/events`, which takes the place of the bus and the queue of a deployment: it applies an event, each
 * event of a list, or the event on each line. A wrong one does not stop the others.
 */
export const serveEvents = (app: FastifyInstance): void => {
  app.post<{ Body: Buffer | undefined }>(
    '/local/events',
    { bodyLimit: maxBodyMb * 1024 * 1024, errorHandler: explainTooLarge },
    async (request, reply) => {
      const refuse = (status: number, message: string) => reply.code(status).send({ message })
      if (!isFromThisServer(request))
        return refuse(403, 'Events are taken from pages of this server only.')
      const entries = readEntries(String(request.body ?? ''))
      if (typeof entries === 'string') return refuse(400, entries)
      const delivered = await deliverEvents(entries.bodies)
      if (delivered.failures.length === 0) return {}
      const failed = delivered.failures.find(({ error }) => !(error instanceof EventRefused))
      if (failed) console.error(failed.error)
      return refuse(failed ? 500 : 400, explainFailures(entries, delivered))
    },
  )
}

/** Other errors are left to the server. */
const explainTooLarge = (error: FastifyError, _request: FastifyRequest, reply: FastifyReply) => {
  if (error.statusCode !== 413) throw error
  void reply.code(413).send({
    message: `The body is larger than ${maxBodyMb} MB: send fewer events at once, ${importEvents}.`,
  })
}

/** The entries of a body, each in JSON, and how a person finds the one with this index. */
interface Entries {
  bodies: string[]
  /** Left out if the body is the one entry. */
  nameEntry?: (index: number) => string
}

/** @returns a sentence that says why the body has none, or too many */
const readEntries = (body: string): Entries | string => {
  // Some editors begin a file with this mark.
  const text = body.replace(/^\uFEFF/, '')
  if (text.trim() === '') return `The body is empty: ${sendEvents}.`
  const entries = readJson(text)
  if (typeof entries === 'string') return entries
  const count = entries.bodies.length
  if (count === 0) return `The list is empty: ${sendEvents}.`
  return count > maxEntries
    ? `The body has ${count} events: send at most ${maxEntries} at once, ${importEvents}.`
    : entries
}

const readJson = (text: string): Entries | string => {
  const parsed = parse(text)
  if ('reason' in parsed) return readLines(text, parsed.reason)
  const { value } = parsed
  if (Array.isArray(value))
    return {
      bodies: value.map((entry) => JSON.stringify(entry)),
      nameEntry: (index) => `event ${index + 1} of the list`,
    }
  if (typeof value === 'object' && value !== null) return { bodies: [text] }
  return `The body is ${value === null ? 'null' : `a ${typeof value}`}: ${sendEvents}.`
}

/** @param reason why the text as a whole is not JSON, for a list or an event on several lines that is broken */
const readLines = (text: string, reason: string): Entries | string => {
  const lines = text
    .split('\n')
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => line.trim() !== '')
  const isBrokenList = text.trimStart().startsWith('[')
  if (isBrokenList || lines.every(({ line }) => 'reason' in parse(line)))
    return `The body is not JSON (${reason}): ${sendEvents}.`
  return {
    bodies: lines.map(({ line }) => line),
    nameEntry: (index) => `line ${lines[index]!.number}`,
  }
}

const parse = (text: string): { value: unknown } | { reason: string } => {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch (error) {
    return { reason: (error as Error).message }
  }
}

const explainFailures = (
  { nameEntry }: Entries,
  { events, failures }: Awaited<ReturnType<typeof deliverEvents>>,
): string => {
  const named = failures.slice(0, maxNamed).map(({ message, place, error }) => {
    const reason =
      error instanceof EventRefused
        ? error.message
        : 'the event could not be applied: see the output of npm start'
    return [nameEntry?.(message), place, reason].filter((part) => part !== undefined).join(': ')
  })
  const others = failures.length - named.length
  const list = [...named, ...(others > 0 ? [`and ${others} others`] : [])].join('; ')
  return events === 1 ? list : `Not applied: ${failures.length} of ${events} events. ${list}`
}
