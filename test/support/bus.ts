import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge'

/** An event as the bus received it. */
export interface BusEvent {
  source: string
  'detail-type': string
  detail: Record<string, unknown>
}

/** A bus that the SDK reaches over HTTP, as it reaches EventBridge. */
export interface Bus {
  endpoint: string
  /** What it took, in order. */
  events: BusEvent[]
  /** The sizes of the calls that it was sent. */
  calls: { entries: number; bytes: number }[]
  /**
   * Decides on a call: an HTTP status other than 200 fails it, maybe after the events were taken, and a list of codes
   * refuses entries. By default the bus takes everything.
   */
  decide: (
    entries: PutEventsRequestEntry[],
  ) => { status: number; isTaken?: boolean } | (string | undefined)[]
  close: () => void
}

export const startBus = async (): Promise<Bus> => {
  const server = createServer((request, response) => {
    void (async () => {
      const { Entries } = (await json(request)) as { Entries: PutEventsRequestEntry[] }
      bus.calls.push({ entries: Entries.length, bytes: Number(request.headers['content-length']) })
      const decision = bus.decide(Entries)
      const send = (status: number, body: object) =>
        response
          .writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
          .end(JSON.stringify(body))
      const isTaken = (index: number) =>
        Array.isArray(decision) ? decision[index] === undefined : decision.isTaken === true
      Entries.forEach(({ Source, DetailType, Detail }, index) => {
        if (isTaken(index))
          bus.events.push({
            source: Source!,
            'detail-type': DetailType!,
            detail: JSON.parse(Detail!) as Record<string, unknown>,
          })
      })
      if (!Array.isArray(decision)) {
        send(decision.status, { __type: 'InternalException', message: 'the bus fails' })
        return
      }
      send(200, {
        FailedEntryCount: decision.filter(Boolean).length,
        Entries: Entries.map((_, index) =>
          decision[index] === undefined
            ? { EventId: String(index) }
            : { ErrorCode: decision[index], ErrorMessage: 'refused' },
        ),
      })
    })()
  })
  const bus: Bus = {
    endpoint: '',
    events: [],
    calls: [],
    decide: () => [],
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  bus.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return bus
}
