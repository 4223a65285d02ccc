import { roomDetails } from '../../../domain/fact-groups.ts'
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

  for (const { group, asOf, attribute, detail } of roomDetails) {
    // A personal room shows the names of its members instead.
    if (group === 'name' && (room.type ?? ofFiles.type) !== 'group') continue
    const storedAsOf = readText(stored, asOf)
    const [ofTable, ofFile] = [room[attribute], ofFiles[attribute]]
    const isErased = ofTable === undefined && storedAsOf !== undefined
    const isLater = (storedAsOf ?? '') > until
    if (ofFile === undefined || ofTable === ofFile || isErased || isLater) continue
    const correction = correctAfter(now, [storedAsOf], (occurred_at) => ({
      type: 'room.updated',
      room_id: roomId,
      occurred_at,
      [detail]: ofFile,
    }))
    differences.push(differ(attribute, ofTable, ofFile, correction))
  }
  return differences
}

/** An earlier creation is no difference: the files may have a later snapshot of the room. */
const isCreatedLater = ({ created_at }: Room, expected: Timestamp, until: Timestamp): boolean =>
  created_at === undefined || (created_at > expected && created_at <= until)
