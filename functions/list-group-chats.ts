import { config } from '../lib/config.ts'
import { store } from '../lib/deps.ts'
import { makeListingHandler } from '../lib/http/listing.ts'
import { listRooms } from '../lib/store/rows/list-rooms.ts'

/** GET /chat/group */
export const handler = makeListingHandler('group', config, (request) => listRooms(store, request))
