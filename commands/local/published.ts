import type { FastifyInstance } from 'fastify'
import { quote } from '../../lib/domain/errors.ts'
import { publishedSource } from '../../lib/domain/published.ts'
import type { PublishedEvent } from '../../lib/events/publish-changes.ts'

/** Where the server shows what it published. */
export const publishedPath = '/local/published'

/** How many events are kept, the newest ones. */
const keptEvents = 1000

/** An event as the bus of a deployment has it. */
interface KeptEvent {
  /** 1 for the first event since the start, and one more for each later one. */
  id: number
  source: string
  'detail-type': PublishedEvent['type']
  detail: PublishedEvent['detail']
}

/** The newest events that this server published, in its memory. */
export interface PublishedList {
  add: (events: PublishedEvent[]) => void
  /** Notes why no more events come. */
  end: (reason: string) => void
  /** Undefined while events may come. */
  readonly endReason: string | undefined
  /**
   * Lists the events with a greater id, the newest last. An id that no event has yet is from before the server was
   * started again: then it lists all.
   */
  listAfter: (id: number) => KeptEvent[]
}

export const createPublishedList = (): PublishedList => {
  let kept: KeptEvent[] = []
  let newestId = 0
  let endReason: string | undefined
  return {
    end: (reason) => {
      endReason = reason
    },
    get endReason() {
      return endReason
    },
    add: (events) => {
      const added = events.map(({ type, detail }) => ({
        id: (newestId += 1),
        source: publishedSource,
        'detail-type': type,
        detail,
      }))
      kept = [...kept, ...added].slice(-keptEvents)
    },
    listAfter: (id) => (id > newestId ? kept : kept.filter((event) => event.id > id)),
  }
}

/** Counts the events of a run by their type, for the output. It names nobody. */
export const formatRun = (events: PublishedEvent[], url: string): string => {
  const counts = Object.entries(Object.groupBy(events, ({ type }) => type))
  return `Published: ${counts.map(([type, ofType]) => `${ofType.length} ${type}`).join(', ')}. See ${url}`
}

/** Adds `GET /local/published`, which takes the place of a rule on the bus of a deployment. */
export const servePublished = (app: FastifyInstance, list: PublishedList): void => {
  app.get<{ Querystring: { after?: string | string[] } }>(publishedPath, (request, reply) => {
    const after = String(request.query.after ?? 0)
    if (/^\d{1,15}$/.test(after)) {
      const { endReason } = list
      return reply.send({
        events: list.listAfter(Number(after)),
        ...(endReason !== undefined && { message: endReason }),
      })
    }
    return reply.code(400).send({
      message: `after is ${quote(after)}: set it to the id of an event, such as 7, or leave it out.`,
    })
  })
}
