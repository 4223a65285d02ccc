import type { GroupName, RoomType } from '../../../domain/fact-groups.ts'
import type { RoomDetails } from '../../../domain/events.ts'
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

interface ComparedDetail {
  /** The attribute of the room. */
  name: 'name' | 'avatar_url'
  /** Left out if the rows of both types of rooms show it. */
  onlyIn?: RoomType
  /** What an event says that corrects it. */
  toDetails: (value: string) => RoomDetails
}

/** The details of a room, by their groups in fact-groups.ts. A personal room shows the names of its members instead. */
const comparedDetails: Record<Exclude<GroupName<'room'>, 'type' | 'creation'>, ComparedDetail> = {
  name: { name: 'name', onlyIn: 'group', toDetails: (room_name) => ({ room_name }) },
  avatar: { name: 'avatar_url', toDetails: (room_avatar_url) => ({ room_avatar_url }) },
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

  for (const { name, onlyIn, toDetails } of Object.values(comparedDetails)) {
    if (onlyIn !== undefined && onlyIn !== (room.type ?? ofFiles.type)) continue
    const asOf = readText(stored, `${name}_as_of`)
    const [ofTable, ofFile] = [room[name], ofFiles[name]]
    const isErased = ofTable === undefined && asOf !== undefined
    if (ofFile === undefined || ofTable === ofFile || isErased || (asOf ?? '') > until) continue
    const correction = correctAfter(now, [asOf], (occurred_at) => ({
      type: 'room.updated',
      room_id: roomId,
      occurred_at,
      ...toDetails(ofFile),
    }))
    differences.push(differ(name, ofTable, ofFile, correction))
  }
  return differences
}

/** An earlier creation is no difference: the files may have a later snapshot of the room. */
const isCreatedLater = ({ created_at }: Room, expected: Timestamp, until: Timestamp): boolean =>
  created_at === undefined || (created_at > expected && created_at <= until)
