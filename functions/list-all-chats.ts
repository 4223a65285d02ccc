import { config } from '../lib/config.ts'
import { store } from '../lib/deps.ts'
import { makeAllRoomsHandler } from '../lib/http/all-rooms.ts'
import { listChanges } from '../lib/store/rows/list-changes.ts'
import { listRoomsById } from '../lib/store/rows/list-rooms-by-id.ts'
import { listRooms } from '../lib/store/rows/list-rooms.ts'

/** GET /chat/all */
export const handler = makeAllRoomsHandler(config, {
  listRooms: (request) => listRooms(store, { ...request, types: ['single', 'group'] }),
  listChanges: (request) => listChanges(store, request),
  listRoomsById: (request, signal) => listRoomsById({ ...store, signal }, request),
})
