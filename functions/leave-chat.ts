import { config } from '../lib/config.ts'
import { store } from '../lib/deps.ts'
import { makeLeaveHandler } from '../lib/http/leave.ts'
import { leaveRoom } from '../lib/store/leave-room.ts'

/** POST /chat/leave */
export const handler = makeLeaveHandler(config, (leave, signal) =>
  leaveRoom({ ...store, signal }, leave),
)
