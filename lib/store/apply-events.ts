import pMap from 'p-map'
import { type Email, normalizeEmail } from '../domain/email.ts'
import { type ChatEvent, type RoomEvent, isRoomEvent, listJoiners } from '../domain/events.ts'
import { flags } from '../domain/flags.ts'
import type { RoomType } from '../domain/room-type.ts'
import { applyProfile } from './apply-profile.ts'
import { findStrongest, type News } from './facts/news.ts'
import { readRoom } from './facts/read-room.ts'
import { type Hints, recordEvent } from './facts/record-event.ts'
import { limitArrivals, nobodyAdmitted } from './limit-arrivals.ts'
import { mergePositions } from './merge-positions.ts'
import { projectNews, projectPersonalRoom } from './project-news.ts'
import type { Deferral } from './project-large-room.ts'
import type { Affected } from './project-room.ts'
import { retryContention } from './retry.ts'
import { gatherCalls } from './send-together.ts'
import type { Store } from './store.ts'

/** The number of rooms, and of events of one room, that are applied at the same time. */
const concurrency = 25

export interface Applied {
  /** For each event: undefined if it is applied, otherwise why it is not. */
  outcomes: (Error | undefined)[]
  rowsWritten: number
}

/**
 * Applies events. They may come in any order and more than once. The facts of a room are recorded first,
 * then its rows are projected once, however many events the batch has for it. An event that failed can be
 * applied again: it continues where it stopped. docs/protocol.md explains the protocol.
 * @param deferral how large groups are projected. If it is left out, they are projected at once
 */
export const applyEvents = async (
  store: Store,
  events: ChatEvent[],
  deferral?: Deferral,
): Promise<Applied> => {
  const batch: Batch = {
    store: store.together ? store : gatherCalls(store),
    deferral,
    failed: new Map(),
    rowsWritten: 0,
  }
  const rooms = Map.groupBy(events.filter(isRoomEvent), ({ room_id }) => room_id)
  await pMap(rooms, ([roomId, ofRoom]) => applyToRoom(batch, roomId, ofRoom), { concurrency })
  const profiles = events.filter((event) => !isRoomEvent(event))
  await pMap(
    profiles,
    (event) =>
      attempt(batch, [event], async () => {
        const rows = await applyProfile(batch.store, event)
        batch.rowsWritten += rows
      }),
    { concurrency },
  )
  return {
    outcomes: events.map((event) => batch.failed.get(event)),
    rowsWritten: batch.rowsWritten,
  }
}

/** A batch of events, with what has failed and what was written so far. */
interface Batch {
  store: Store
  deferral: Deferral | undefined
  failed: Map<ChatEvent, Error>
  rowsWritten: number
}

/** Works on some events. If the work fails, these events fail. Contention is retried until the time is up. */
const attempt = async (
  { store, failed }: Batch,
  events: ChatEvent[],
  work: () => Promise<void>,
): Promise<void> => {
  try {
    await retryContention(store, work)
  } catch (error) {
    for (const event of events) failed.set(event, error as Error)
  }
}

const applyToRoom = async (batch: Batch, roomId: number, all: RoomEvent[]): Promise<void> => {
  const { store, failed } = batch
  const { events, knownType } = await leaveOutReceipts(batch, roomId, all)
  const arrivals = events.filter((event) => listJoiners(event).length > 0)
  const others = events.filter((event) => listJoiners(event).length === 0)

  // Arrivals come second, so that a leave in the same batch makes room for them.
  const newsOfOthers = await recordEvents(batch, others)
  let admission = nobodyAdmitted
  await attempt(batch, arrivals, async () => {
    admission = await limitArrivals(store, roomId, arrivals)
    for (const [event, refusal] of admission.refused) failed.set(event, refusal)
  })
  const admitted = arrivals.filter((event) => !failed.has(event))
  const newsOfArrivals = await recordEvents(batch, admitted, {
    roomType: admission.type,
    newItems: admission.newItems,
  })

  const recorded = events.filter((event) => !failed.has(event))
  await attempt(batch, recorded, async () => {
    const news = findStrongest([newsOfOthers, newsOfArrivals])
    const rows = await projectEvents(
      batch,
      { roomId, knownType },
      recorded,
      news,
      admission.newcomers,
    )
    batch.rowsWritten += rows
  })
}

/**
 * Leaves out the receipts of a group, because nothing shows them: each device of a large group sends one for every
 * comment. Before its creation, the type of a room is unknown, so receipts are recorded then.
 */
const leaveOutReceipts = async (
  batch: Batch,
  roomId: number,
  events: RoomEvent[],
): Promise<{ events: RoomEvent[]; knownType: RoomType | undefined }> => {
  const receipts = events.filter(isReceipt)
  if (receipts.length === 0) return { events, knownType: undefined }
  let knownType: RoomType | undefined
  await attempt(batch, receipts, async () => {
    knownType = (await readRoom(batch.store, roomId)).type
  })
  const isLeftOut = (event: RoomEvent) =>
    batch.failed.has(event) || (knownType === 'group' && isReceipt(event))
  return { events: events.filter((event) => !isLeftOut(event)), knownType }
}

const isReceipt = ({ type }: RoomEvent): boolean => type === 'comment.received'

/** @returns the greatest of the changes */
const recordEvents = async (batch: Batch, events: RoomEvent[], hints?: Hints): Promise<News> => {
  const news: News[] = []
  await pMap(
    mergePositions(events),
    ({ all, recorded }) =>
      attempt(batch, all, async () => {
        for (const event of recorded) news.push(await recordEvent(batch.store, event, hints))
      }),
    { concurrency },
  )
  return findStrongest(news)
}

/** Writes the rows that these events of a room may have changed. */
const projectEvents = async (
  { store, deferral }: Batch,
  { roomId, knownType }: { roomId: number; knownType: RoomType | undefined },
  events: RoomEvent[],
  news: News,
  newcomers: Set<Email>,
): Promise<number> => {
  if (events.length === 0) return 0
  const shown = events.filter((event) => !isReceipt(event))
  if (shown.length === 0)
    return knownType === 'single'
      ? projectNews(store, roomId, news, { everyone: true, participants: new Set() })
      : projectPersonalRoom(store, roomId, news)
  const affected: Affected = {
    everyone: shown.some(({ type }) => !changesOwnRowOnly.has(type)),
    participants: new Set(shown.flatMap(findOwnRows)),
  }
  const alone = new Set(
    shown.filter(({ type }) => changesOwnRowOnly.has(type)).flatMap(findOwnRows),
  )
  return projectNews(store, roomId, news, affected, { newcomers, alone, deferral })
}

/** A row of a group shows no other participant, so each of these events changes one row of a group. */
const changesOwnRowOnly: ReadonlySet<ChatEvent['type']> = new Set([
  'comment.read',
  'participant.joined',
  'participant.left',
  ...flags.map((flag) => `participant.${flag}` as const),
])

/** The participants whose row may appear or disappear, who read comments, or who set a flag. */
const findOwnRows = (event: RoomEvent): Email[] => {
  switch (event.type) {
    case 'comment.read':
    case 'participant.left':
    case 'participant.muted':
    case 'participant.pinned':
    case 'participant.archived':
    case 'participant.marked_unread':
      return [normalizeEmail(event.email)]
    default:
      return listJoiners(event)
  }
}
