import pMap from 'p-map'
import type { Email } from '../../../../lib/domain/email.ts'
import type { ChatEvent } from '../../../../lib/domain/events.ts'
import type { JudgedDifference } from '../../../../lib/store/maintenance/verify/judge.ts'
import { endOfTime } from '../../../../lib/store/maintenance/verify/differences.ts'
import type { Progress } from '../../table/progress.ts'
import { processEntries } from '../process-entries.ts'
import type { Entry } from '../read-entries.ts'
import type { Report } from '../report.ts'
import type { ImportWorkers } from '../tasks.ts'
import { makeBucketDirectory } from './buckets.ts'
import type { RepairFile } from './repair-file.ts'
import { splitRoom } from './split-room.ts'
import {
  makeSortedEntries,
  type RoomLine,
  type SortedEntries,
  sortEntry,
  type UserLine,
} from './sort-entries.ts'

interface Verification {
  workers: ImportWorkers
  report: Report
  progress: Progress
  /** Bytes of all files, if they are known. */
  total: number | undefined
  isStrict: boolean
  /** What the table says about later times is not compared. */
  until: string | undefined
  repairFile: RepairFile | undefined
}

/** Reading the files takes about this part of the time. */
const readingShare = 0.1

/**
 * Compares the table with what all entries together say. They are sorted by room and by user first, so that memory
 * does not grow with the files. A strict verification ends with the first refusal, and compares nothing.
 */
export const verifyEntries = async (
  entries: AsyncIterable<Entry>,
  verification: Verification,
): Promise<void> => {
  const { report, isStrict } = verification
  const sorted = makeSortedEntries(makeBucketDirectory())
  await readAll(entries, sorted, verification)
  if (isStrict && report.hasRefusals) return
  const comparison = makeComparison(sorted, verification)
  for (const lines of sorted.users.read()) await comparison.compareUsers(lines)
  for (const lines of sorted.rooms.read()) await comparison.compareRooms(lines)
}

const readAll = async (
  entries: AsyncIterable<Entry>,
  sorted: SortedEntries,
  { report, isStrict, progress, total = 0 }: Verification,
): Promise<void> => {
  const reading: Progress = {
    ...progress,
    advance: (_, end) => {
      progress.advance(0, Math.min(end, total) * readingShare)
    },
  }
  await processEntries(entries, {
    isStrict,
    report,
    progress: reading,
    task: {
      processBatch: (batch) => {
        for (const entry of batch) sortEntry(sorted, entry)
        return Promise.resolve()
      },
    },
  })
}

/** Everything about one user in the files. */
interface User {
  email: Email
  profiles: Extract<UserLine, { profile: unknown }>['profile'][]
  rooms: Set<number>
  listings: Set<'single' | 'group'>
}

const makeComparison = (
  { rooms: sortedRooms, roomIds, count }: SortedEntries,
  { workers, report, progress, total = 0, until = endOfTime, repairFile }: Verification,
) => {
  let done = 0
  const onDone = (entries: number): void => {
    done += entries
    progress.advance(entries, total * (readingShare + ((1 - readingShare) * done) / count))
  }
  const add = (differences: JudgedDifference[], repairs: ChatEvent[]): void => {
    for (const difference of differences) report.differ(difference)
    repairFile?.add(repairs)
  }
  const concurrency = workers.capacity
  const surplus = new Set<number>()

  /** Compares profiles, adds them to the rooms of their users, and finds rooms that only the table has. */
  const compareUsers = async (lines: UserLine[]): Promise<void> => {
    const compared = await pMap(
      groupByUser(lines),
      async ({ email, profiles, rooms, listings }) => {
        const result = await workers.run('compareUser', {
          email,
          profiles,
          listings: [...listings],
          until,
        })
        onDone(profiles.length)
        return { ...result, email, rooms, listed: result.rooms }
      },
      { concurrency },
    )
    const unnamed = new Map<number, Email[]>()
    for (const { differences, repairs, email, profile, rooms, listed } of compared) {
      add(differences, repairs)
      for (const roomId of profile ? rooms : [])
        sortedRooms.add(roomId, { roomId, profile: { email, ofFiles: profile!, repairs } })
      for (const roomId of listed)
        if (!roomIds.has(roomId) && !surplus.has(roomId))
          unnamed.set(roomId, [...(unnamed.get(roomId) ?? []), email])
    }
    await compareSurplusRooms(unnamed)
    report.sayAll()
  }

  const compareSurplusRooms = async (unnamed: Map<number, Email[]>): Promise<void> => {
    const inOrder = [...unnamed].sort(([a], [b]) => a - b)
    const compared = await pMap(
      inOrder,
      async ([roomId, people]) => ({
        roomId,
        ...(await workers.run('compareSurplusRoom', { roomId, people, until })),
      }),
      { concurrency },
    )
    for (const { roomId, differences, repairs } of compared) {
      if (differences.length > 0) surplus.add(roomId)
      add(differences, repairs)
    }
  }

  const compareRooms = async (lines: RoomLine[]): Promise<void> => {
    const ofRooms = [...Map.groupBy(lines, ({ roomId }) => roomId)].sort(([a], [b]) => a - b)
    const parts = ofRooms.flatMap(([roomId, ofRoom]) => {
      const profiles = ofRoom.filter((line) => 'profile' in line).map(({ profile }) => profile)
      return splitRoom(ofRoom.filter((line) => 'event' in line)).map(({ part, entries }) => ({
        roomId,
        part,
        entries,
        profiles: typeof part === 'string' ? profiles : [],
      }))
    })
    const compared = await pMap(
      parts,
      async ({ roomId, part, entries, profiles }) => {
        const result = await workers.run('compareRoom', {
          roomId,
          part,
          events: entries.map(({ event }) => event),
          rows: entries.flatMap(({ row }) => row ?? []),
          profiles,
          until,
        })
        onDone(entries.length)
        return { ...result, roomId, part, entries }
      },
      { concurrency },
    )
    const missing = new Set<number>()
    for (const { roomId, part, entries, differences, repairs, refusals } of compared) {
      for (const [index, entry] of entries.entries()) {
        const reason = refusals[index]
        if (reason === undefined) report.count(entry.event)
        else report.refuse(entry, reason)
      }
      if (differences.some(({ what, remedy }) => what === 'room' && remedy === 'import'))
        missing.add(roomId)
      // One line says that the whole room is missing.
      const isSaid = missing.has(roomId) && typeof part !== 'string'
      add(isSaid ? [] : differences, repairs)
    }
    report.sayAll()
  }
  return { compareUsers, compareRooms }
}

const groupByUser = (lines: UserLine[]): User[] => {
  const users = new Map<Email, User>()
  for (const line of lines) {
    const { email } = line
    const user = users.get(email) ?? { email, profiles: [], rooms: new Set(), listings: new Set() }
    users.set(email, user)
    if ('profile' in line) user.profiles.push(line.profile)
    else {
      user.rooms.add(line.roomId)
      for (const listing of line.listings) user.listings.add(listing)
    }
  }
  return [...users.values()]
}
