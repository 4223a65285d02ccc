import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SQSEvent } from 'aws-lambda'
import { CannotRun } from '../../commands/command.ts'
import { store } from '../../lib/deps.ts'
import type { RoomState } from '../../lib/domain/room-state.ts'
import { rowKey, formatKey } from '../../lib/store/keys.ts'
import { readItems } from '../../lib/store/read-items.ts'
import { putItems } from '../support/put-items.ts'
import { at, factsOf, roomOf } from './fixtures.ts'
import type { Machine, Running } from './processes.ts'
import { median, quantile } from './statistics.ts'

/** What `apply-chat-events` takes for one event. */
export interface Writing {
  name: string
  /** CPU time of the function's process per event: the median of the rounds. */
  cpuMs: number
  /** Half of the rounds are between these values. */
  quartiles: [number, number]
}

/** How many batches the function applies, one after the other. Those of the warm-up are not counted. */
interface Extent {
  warmUp: number
  rounds: number
}

/** As in infra/events-stack.ts: the most messages that the queue delivers at once. */
const batchSize = 100
/** The memory of the function, in MB, as in infra/events-stack.ts. */
const memorySize = 1024

const cases = [
  { name: '100 comments in 100 rooms of 2', rooms: batchSize, people: 2 },
  { name: '100 comments in one room of 1,000', rooms: 1, people: 1000 },
]
type Case = (typeof cases)[number]

let lastRoomId = 10_000_000

/**
 * Delivers batches of comments to `apply-chat-events`, as its queue does, and measures its CPU time. Each
 * round has rooms of its own, so that all rounds do the same work.
 * @param file the bundle of the function
 */
export const measureWriting = async (
  machine: Machine,
  file: string,
  { warmUp, rounds }: Extent,
): Promise<Writing[]> => {
  const writing: Writing[] = []
  for (const each of cases) {
    const eventFile = join(machine.directory, 'batch.json')
    writeFileSync(eventFile, JSON.stringify(batchOf(await seedRooms(each))))
    const running = await machine.start({ name: 'apply-chat-events', file, eventFile, memorySize })
    try {
      const cpuMs: number[] = []
      for (let round = 0; round < warmUp + rounds; round += 1)
        cpuMs.push((await applyBatch(running, each)) / batchSize)
      const counted = cpuMs.slice(warmUp)
      writing.push({
        name: each.name,
        cpuMs: median(counted),
        quartiles: [quantile(counted, 0.25), quantile(counted, 0.75)],
      })
    } finally {
      await running.end()
    }
  }
  return writing
}

/** @returns the CPU time of one batch in ms */
const applyBatch = async (running: Running, each: Case): Promise<number> => {
  const rooms = await seedRooms(each)
  const block = { requests: 1, concurrency: 1, over: batchOf(rooms) }
  const { cpuMs } = await running.run(block)
  await expectRows(rooms)
  return cpuMs
}

/** Writes new rooms with the rows of all participants. Each has one comment. */
const seedRooms = async ({ rooms, people }: Case): Promise<RoomState[]> => {
  const emails = Array.from({ length: people }, (_, index) => `member-${index}@example.com`)
  const type = people === 2 ? 'single' : 'group'
  const seeded = Array.from({ length: rooms }, () => factsOf((lastRoomId += 1), type, emails))
  await putItems(store, seeded.flatMap(roomOf))
  return seeded
}

/** A batch of new comments by the second participants, spread evenly over the rooms. */
const batchOf = (rooms: RoomState[]): Pick<SQSEvent, 'Records'> => ({
  Records: Array.from({ length: batchSize }, (_, index) => {
    const { room, participants } = rooms[index % rooms.length]!
    const commentId = 2 + Math.floor(index / rooms.length)
    return messageOf(`${room.room_id}-${commentId}`, {
      occurred_at: at(room.room_id + commentId),
      room_id: room.room_id,
      comment_id: commentId,
      email: participants[1]!.key,
      message: 'Another message of just as many bytes: 40',
    })
  }),
})

/** A message of the queue with a posted comment, in the form that EventBridge gives it. */
const messageOf = (id: string, detail: Record<string, unknown>): SQSEvent['Records'][number] => {
  const body = JSON.stringify({
    version: '0',
    id,
    'detail-type': 'comment.posted',
    source: 'chat',
    account: '000000000000',
    time: detail['occurred_at'],
    region: 'us-east-1',
    resources: [],
    detail,
  })
  return {
    messageId: id,
    receiptHandle: id,
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '1704067200000',
      SenderId: 'AIDAEXAMPLE',
      ApproximateFirstReceiveTimestamp: '1704067200000',
    },
    messageAttributes: {},
    md5OfBody: 'd41d8cd98f00b204e9800998ecf8427e',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:chat-events',
    awsRegion: 'us-east-1',
  }
}

/** Checks a reader's row of each room, so that no figure stands for work that was not done. */
const expectRows = async (rooms: RoomState[]): Promise<void> => {
  const unread = 1 + batchSize / rooms.length
  const keys = rooms.map(({ room, participants }) => rowKey(participants[0]!.key, room.room_id))
  const rows = await readItems(store, keys)
  for (const [index, key] of keys.entries()) {
    const count = rows[index]?.['unread_count']
    if (count !== unread)
      throw new CannotRun(
        `apply-chat-events leaves ${formatKey(key)} with ${String(count)} unread comments instead of ${unread}`,
      )
  }
}
