import { config } from '../lib/config.ts'
import { store } from '../lib/deps.ts'
import { listingApi } from '../lib/http/listing.ts'
import { listRooms } from '../lib/store/rows/list-rooms.ts'

/** GET /chat/personal */
export const handler = listingApi('single', config, (request) => listRooms(store, request))
