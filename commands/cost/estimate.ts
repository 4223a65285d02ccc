import {
  type Capacity,
  commentInGroup,
  commentInPersonalRoom,
  leaveOfGroup,
  leaveOfPersonalRoom,
  pageOfGroups,
  pageOfPersonalRooms,
  readInGroup,
  readInPersonalRoom,
} from './capacity.ts'
import { prices } from './prices.ts'

/** How a chat app is used. */
export interface Usage {
  /** Daily users. */
  users: number
  /** How often a user opens the inbox a day; each time both listings are asked for. */
  opens: number
  /** Comments a user writes a day; each is read by everybody in its room. */
  comments: number
  /** How many of a hundred comments are written in groups. */
  groupPercent: number
  /** People in a group. */
  groupSize: number
}

/** Assumed, since no test can measure Lambda: billed milliseconds of a warm call, and memory. */
const apiCall = { ms: 15, gigabytes: 0.5 }
const eventInBatch = { ms: 10, gigabytes: 1 }
/** A line of ours and one of API Gateway's access log. */
const logBytesPerCall = 800
const queueRequestsPerEvent = 3
const daysPerMonth = 30
const million = 1_000_000

/** Dollars for a million of each thing that happens. */
export const perMillion = ({ groupSize }: Pick<Usage, 'groupSize'>): Record<string, number> => ({
  'GET /chat/personal': callPrice(pageOfPersonalRooms),
  'GET /chat/group': callPrice(pageOfGroups),
  'POST /chat/leave, personal': leavePrice(leaveOfPersonalRoom),
  'POST /chat/leave, group': leavePrice(leaveOfGroup),
  'comment, personal': eventPrice(commentInPersonalRoom),
  [`comment, group of ${groupSize}`]: eventPrice(commentInGroup(groupSize)),
  'read, personal': eventPrice(readInPersonalRoom),
  'read, group': eventPrice(readInGroup),
})

/** Dollars a month, for all users. */
export const perMonth = (usage: Usage): { calls: number; events: number } => {
  const { users, opens, comments, groupPercent, groupSize } = usage
  const month = (perUserAndDay: number) => (users * perUserAndDay * daysPerMonth) / million
  const inGroups = (comments * groupPercent) / 100
  const inPersonal = comments - inGroups
  return {
    calls: month(opens) * (callPrice(pageOfPersonalRooms) + callPrice(pageOfGroups)),
    events:
      month(inPersonal) * (eventPrice(commentInPersonalRoom) + eventPrice(readInPersonalRoom)) +
      month(inGroups) *
        (eventPrice(commentInGroup(groupSize)) + (groupSize - 1) * eventPrice(readInGroup)),
  }
}

const capacityPrice = ({ readUnits, writeUnits }: Capacity): number =>
  readUnits * prices.perMillionReadUnits + writeUnits * prices.perMillionWriteUnits

/** Of a million calls of the API. */
const callPrice = (capacity: Capacity): number =>
  prices.perMillionApiRequests +
  prices.perMillionInvocations +
  computePrice(apiCall) +
  (logBytesPerCall * million * prices.perGigabyteOfLogs) / 1e9 +
  capacityPrice(capacity)

/** Of a million calls that make somebody leave, which a pipe tells on the bus. */
const leavePrice = (capacity: Capacity): number =>
  callPrice(capacity) + prices.perMillionPipeRequests + prices.perMillionEvents

/** Of a million events; their batches make the invocations themselves negligible. */
const eventPrice = (capacity: Capacity): number =>
  prices.perMillionEvents +
  queueRequestsPerEvent * prices.perMillionQueueRequests +
  computePrice(eventInBatch) +
  capacityPrice(capacity)

const computePrice = ({ ms, gigabytes }: typeof apiCall): number =>
  ((ms * million) / 1000) * gigabytes * prices.perGigabyteSecond
