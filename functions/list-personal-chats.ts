import { config } from '../lib/config.ts'
import { store } from '../lib/deps.ts'
import { makeListingHandler } from '../lib/http/listing.ts'
import { listRooms } from '../lib/store/rows/list-rooms.ts'

/** GET /chat/personal */
export const handler = makeListingHandler('single', config, (request) => listRooms(store, request))
