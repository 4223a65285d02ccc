import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { ChatEvent } from '../../lib/domain/events.ts'
import type { Choose } from '../model/choices.ts'
import type { Client } from './client.ts'
import type { Departures } from './departures.ts'
import type { Faults } from './faults.ts'
import type { Findings } from './findings.ts'
import type { Stack } from './stack.ts'
import { listArrivals, type World } from './world.ts'

/** What has not succeeded after this time is a finding. */
const patienceMs = 90_000
const firstRetryMs = 100
const retryJitterMs = 400
/** How long an event may be held back, so that later ones overtake it. */
const longestDelayMs = 3000
/** One event in this many is held back, and one in this many is delivered twice. */
const seldom = 20
const importedEvents = 150
const importedRooms = 3
/** The latest time after its start at which an import is killed. */
const importKillMs = 2500

interface Parts {
  stack: Stack
  world: World
  client: Client
  faults: Faults
  findings: Findings
  departures: Departures
  choose: Choose
}

/** Sends events, leaves and imports to the stack, each until it succeeds. */
export class Traffic {
  readonly #parts: Parts
  delivered = 0
  imported = 0
  imports = 0
  leaves = 0

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Delivers the next event at least once, as a queue does. */
  async deliverEvent(): Promise<void> {
    const { world, client, choose } = this.#parts
    const event = this.#nextEvent(() => world.nextEvent())
    const body = JSON.stringify(toEntry(event))
    const copies = choose(seldom) === 0 ? 2 : 1
    if (choose(seldom) === 0) await setTimeout(choose(longestDelayMs))
    for (let copy = 0; copy < copies; copy += 1)
      await this.#repeat(`the event ${body}`, () => client.sendEvent(body))
    world.noteApplied(event)
    this.delivered += 1
  }

  /** Lets somebody leave a room through the API, sometimes with two requests at once. */
  async leaveRoom(): Promise<void> {
    const { world, client, departures, choose } = this.#parts
    const leaving = world.startLeave()
    if (leaving === undefined) return
    const { user, room } = leaving
    const path = `/chat/leave?room_id=${room.id}`
    const leave = () =>
      this.#repeat(`the leave of ${user} from room ${room.id}`, async () => {
        const response = await client.call({ user, method: 'POST', path })
        return response !== undefined
      })
    await Promise.all(choose(4) === 0 ? [leave(), leave()] : [leave()])
    world.endLeave(leaving)
    departures.noteLeave(user, room.id)
    this.leaves += 1
  }

  /** Imports a file of events of new rooms and of rooms in use. A third of the imports are killed and run again. */
  async importFile(): Promise<void> {
    const { world, stack, choose } = this.#parts
    const events = [
      ...Array.from({ length: importedRooms }, () => this.#nextEvent(() => world.createRoom())),
      ...Array.from({ length: importedEvents }, () => this.#nextEvent(() => world.nextEvent())),
    ]
    const file = join(stack.directory, 'import.jsonl')
    writeFileSync(file, events.map((event) => `${JSON.stringify(toEntry(event))}\n`).join(''))
    if (choose(3) === 0) await this.#killImport(file)
    await this.#repeat(`the import of ${file}`, () => this.#runImport(file))
    for (const event of events) world.noteApplied(event)
    this.imported += events.length
    this.imports += 1
  }

  #nextEvent(next: () => ChatEvent): ChatEvent {
    const event = next()
    if ('room_id' in event)
      for (const user of listArrivals(event)) this.#parts.departures.noteReturn(user, event.room_id)
    return event
  }

  async #killImport(file: string): Promise<void> {
    const { stack, faults, choose } = this.#parts
    const child = stack.startCommand('import', [file])
    const ended = once(child, 'exit')
    await Promise.race([ended, setTimeout(choose(importKillMs))])
    await faults.during('kills of an import', async () => {
      child.kill('SIGKILL')
      await ended
    })
  }

  async #runImport(file: string): Promise<boolean> {
    const child = this.#parts.stack.startCommand('import', [file])
    const [code] = (await once(child, 'exit')) as [number | null]
    return code === 0
  }

  async #repeat(what: string, attempt: () => Promise<boolean>): Promise<void> {
    const { findings, choose } = this.#parts
    const end = performance.now() + patienceMs
    while (!(await attempt())) {
      if (performance.now() > end) {
        findings.add('response', `${what} does not succeed`)
        return
      }
      await setTimeout(firstRetryMs + choose(retryJitterMs))
    }
  }
}

/** The form of an event on the bus and in a file. */
const toEntry = ({ type, ...detail }: ChatEvent): object => ({ 'detail-type': type, detail })
