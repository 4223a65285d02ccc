import { routes } from '../../../lib/routes.ts'
import {
  badgeOf100Rooms,
  type Capacity,
  changesOf100Rooms,
  commentInGroup,
  commentInPersonalRoom,
  leaveOfGroup,
  leaveOfPersonalRoom,
  pageOfAllRooms,
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
  /** How often a user opens the inbox per day. Each time, the app requests the first page of all rooms. */
  opens: number
  /** Comments that a user writes per day. Everybody in the room reads each of them. */
  comments: number
  /** Percentage of comments that are written in groups. */
  groupPercent: number
  /** People in a group. */
  groupSize: number
  /** Environments that each listing function keeps ready. */
  provisionedConcurrency: number
  /** Events that the chat backend sends in one entry, of 64 KB at most. */
  eventsPerEntry: number
  /** Whether the stage has the setting `changes`. */
  changes: boolean
  /** Whether it also has `badges`. A user has 100 rooms. */
  badges: boolean
}

/** Assumed, because tests cannot measure Lambda: billed milliseconds of a warm call, and memory. */
const apiCall = { ms: 15, gigabytes: 0.5 }
const eventInBatch = { ms: 10, gigabytes: 1 }
/** A line of the function's log and a line of API Gateway's access log. */
const logBytesPerCall = 800
const queueRequestsPerEntry = 3
/** Of publish-changes: a run, the records of rows in a run, and what a run logs. */
const publishingRun = { ms: 20, gigabytes: 0.5 }
const rowsPerRun = 20
const logBytesPerRun = 300
const listingFunctions = routes.filter(({ method }) => method === 'GET').length
const daysPerMonth = 30
const secondsPerMonth = daysPerMonth * 86_400
const million = 1_000_000

/** US dollars per million requests or events of each kind. */
export const perMillion = ({
  groupSize,
  ...usage
}: Pick<Usage, 'groupSize' | keyof EventUsage>): Record<string, number> => ({
  'GET /chat/personal': priceCall(pageOfPersonalRooms),
  'GET /chat/group': priceCall(pageOfGroups),
  'GET /chat/all': priceCall(pageOfAllRooms),
  'GET /chat/all?since=…, 100 rooms': priceCall(changesOf100Rooms),
  'POST /chat/leave, personal': priceLeave(leaveOfPersonalRoom),
  'POST /chat/leave, group': priceLeave(leaveOfGroup),
  'comment, personal': priceEvent(commentInPersonalRoom, 2, usage),
  [`comment, group of ${groupSize}`]: priceEvent(commentInGroup(groupSize), groupSize, usage),
  'read, personal': priceEvent(readInPersonalRoom, 2, usage),
  'read, group': priceEvent(readInGroup, 1, usage),
})

/** What the price of an event depends on. */
type EventUsage = Pick<Usage, 'eventsPerEntry' | 'changes' | 'badges'>

interface Month {
  calls: number
  events: number
  provisioned: number
}

/**
 * US dollars per month, for all users. It ignores that a call on provisioned concurrency is cheaper, by
 * 2 % of the price of a listing.
 */
export const perMonth = (usage: Usage): Month => {
  const { users, opens, comments, groupPercent, groupSize } = usage
  const { provisionedConcurrency } = usage
  const month = (perUserAndDay: number) => (users * perUserAndDay * daysPerMonth) / million
  const inGroups = (comments * groupPercent) / 100
  const inPersonal = comments - inGroups
  return {
    calls: month(opens) * priceCall(pageOfAllRooms),
    events:
      month(inPersonal) *
        (priceEvent(commentInPersonalRoom, 2, usage) + priceEvent(readInPersonalRoom, 2, usage)) +
      month(inGroups) *
        (priceEvent(commentInGroup(groupSize), groupSize, usage) +
          (groupSize - 1) * priceEvent(readInGroup, 1, usage)),
    provisioned:
      listingFunctions *
      provisionedConcurrency *
      apiCall.gigabytes *
      secondsPerMonth *
      prices.perProvisionedGigabyteSecond,
  }
}

const priceCapacity = ({ readUnits, writeUnits }: Capacity): number =>
  readUnits * prices.perMillionReadUnits + writeUnits * prices.perMillionWriteUnits

/** US dollars per million API requests. */
const priceCall = (capacity: Capacity): number =>
  prices.perMillionApiRequests +
  prices.perMillionInvocations +
  priceCompute(apiCall) +
  priceLog(logBytesPerCall) +
  priceCapacity(capacity)

const priceLog = (bytes: number): number => (bytes * million * prices.perGigabyteOfLogs) / 1e9

/** US dollars per million runs of publish-changes, without what they put on the bus. */
const pricePublishing = (): number =>
  prices.perMillionInvocations + priceCompute(publishingRun) + priceLog(logBytesPerRun)

/** US dollars per million leaves. A run of publish-changes puts each of them on the bus. */
const priceLeave = (capacity: Capacity): number =>
  priceCall(capacity) + pricePublishing() + prices.perMillionEvents

/** US dollars per million rows that an event changes, to publish that. */
const priceChange = ({ changes, badges }: EventUsage): number =>
  changes
    ? pricePublishing() / rowsPerRun +
      prices.perMillionEvents +
      (badges ? priceCapacity(badgeOf100Rooms) : 0)
    : 0

/**
 * US dollars per million events. They come in batches, so the price of invocations is negligible.
 * @param rows how many rows look different afterwards
 */
const priceEvent = (capacity: Capacity, rows: number, usage: EventUsage): number =>
  rows * priceChange(usage) +
  (prices.perMillionEvents + queueRequestsPerEntry * prices.perMillionQueueRequests) /
    usage.eventsPerEntry +
  priceCompute(eventInBatch) +
  priceCapacity(capacity)

const priceCompute = ({ ms, gigabytes }: typeof apiCall): number =>
  ((ms * million) / 1000) * gigabytes * prices.perGigabyteSecond
