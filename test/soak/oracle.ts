import type { InboxRow } from '../../lib/domain/project-row.ts'
import type { RoomType } from '../../lib/domain/room-type.ts'
import { byListingOrder, computeListing, computeUnread } from '../support/expected-listing.ts'
import type { Room, World } from './world.ts'

/** The rows that a user must be shown. */
export interface Expected {
  all: InboxRow[]
  unread: InboxRow[]
}

/**
 * Computes what each listing must be once everything that happened is applied. The model of the tests computes
 * each room separately. A room in which nothing has happened since the last time is not computed again.
 */
export class Oracle {
  readonly #world: World
  readonly #known = new Map<string, { version: string; rows: Expected }>()

  constructor(world: World) {
    this.#world = world
  }

  computeListings(user: string, types: readonly RoomType[]): Expected {
    const rows = this.#world.rooms
      .filter((room) => types.includes(room.type) && room.people.has(user))
      .map((room) => this.#computeRoom(room, user))
    return {
      all: rows.flatMap(({ all }) => all).sort(byListingOrder),
      unread: rows.flatMap(({ unread }) => unread).sort(byListingOrder),
    }
  }

  #computeRoom(room: Room, user: string): Expected {
    const { events, leaves, type } = room
    const profiles = [...room.people].flatMap((email) => this.#world.profiles.get(email) ?? [])
    const version = [events.length, leaves.length, profiles.length].join()
    const key = `${room.id} ${user}`
    const known = this.#known.get(key)
    if (known?.version === version) return known.rows
    const log = [...events, ...profiles]
    const rows = {
      all: computeListing(log, leaves, user, type),
      unread: computeUnread(log, leaves, user, type),
    }
    this.#known.set(key, { version, rows })
    return rows
  }
}
