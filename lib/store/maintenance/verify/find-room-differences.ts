import type { ChatEvent } from '../../../domain/events.ts'
import type { Room } from '../../../domain/room-state.ts'
import type { Timestamp } from '../../../domain/time.ts'
import type { Items } from '../../facts/fold-facts.ts'
import { parseRoom } from '../../facts/items.ts'
import { readText } from '../../item.ts'
import { roomKey, formatKey } from '../../keys.ts'
import { findCommentDifferences } from './find-comment-differences.ts'
import { findParticipantDifferences } from './find-participant-differences.ts'
import type { RoomOfFiles } from './room-of-files.ts'
import { correctAfter, differ, type Difference } from './differences.ts'

/**
 * Compares a room's items in the table with those in the files. Times that only decide which value is newer are
 * not compared.
 */
export const findRoomDifferences = (table: Items, files: RoomOfFiles): Difference[] => {
  if (files.isWhole && table.size === 0 && files.items.size > 0)
    return [{ what: 'room', text: 'is not in the table', correction: undefined }]
  return [
    ...compareRoomItem(table, files),
    ...findParticipantDifferences(table, files),
    ...findCommentDifferences(table, files),
  ]
}

const compareRoomItem = (table: Items, files: RoomOfFiles): Difference[] => {
  const { roomId, now, until } = files
  const itemOf = (items: Items) => items.get(formatKey(roomKey(roomId))) ?? {}
  const [stored, expected] = [itemOf(table), itemOf(files.items)]
  const room = parseRoom(roomId, stored)
  const ofFiles = parseRoom(roomId, expected)
  const differences: Difference[] = []
  if (ofFiles.type !== undefined && room.type !== ofFiles.type)
    differences.push(differ('type', room.type, ofFiles.type))
  if (ofFiles.created_at !== undefined && isCreatedLater(room, ofFiles.created_at, until))
    differences.push(differ('created_at', room.created_at, ofFiles.created_at))

  const compareText = (
    what: 'name' | 'avatar_url',
    makeEvent: (occurred_at: Timestamp) => ChatEvent,
  ): void => {
    const asOf = readText(stored, `${what}_as_of`)
    const [ofTable, ofFile] = [room[what], ofFiles[what]]
    const isErased = ofTable === undefined && asOf !== undefined
    if (ofFile === undefined || ofTable === ofFile || isErased || (asOf ?? '') > until) return
    differences.push(differ(what, ofTable, ofFile, correctAfter(now, [asOf], makeEvent)))
  }
  const common = { type: 'room.updated' as const, room_id: roomId }
  // A personal room shows the names of its members instead.
  if ((room.type ?? ofFiles.type) === 'group')
    compareText('name', (occurred_at) => ({ ...common, occurred_at, room_name: ofFiles.name }))
  compareText('avatar_url', (occurred_at) => ({
    ...common,
    occurred_at,
    room_avatar_url: ofFiles.avatar_url,
  }))
  return differences
}

/** An earlier creation is no difference: the files may have a later snapshot of the room. */
const isCreatedLater = ({ created_at }: Room, expected: Timestamp, until: Timestamp): boolean =>
  created_at === undefined || (created_at > expected && created_at <= until)
