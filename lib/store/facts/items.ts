import { Unreadable } from '../../domain/errors.ts'
import { type Group, groups, type Kind, type Known } from '../../domain/fact-groups.ts'
import type { Comment, Participant, Room } from '../../domain/room-state.ts'
import { roomTypes } from '../../domain/room-type.ts'
import type { Timestamp } from '../../domain/time.ts'
import { type Item, readNumber, readText, readTexts } from '../item.ts'
import { type Key, parseCommentId, parseParticipantEmail } from '../keys.ts'

/** A user's own profile. A room that is joined later copies it. */
export interface StoredProfile {
  profile_as_of: Timestamp
  username: string
  avatar_url: string
  reached: string | undefined
  copied_as_of: Timestamp | undefined
}

/** A room that is not stored has revision 0 and no type. */
export const parseRoom = (roomId: number, item: Item = {}): Room => {
  const room = {
    ...readKnown('room', item),
    room_id: roomId,
    revision: readNumber(item, 'revision') ?? 0,
    projected: readNumber(item, 'projected'),
  }
  if (room.type !== undefined && !roomTypes.includes(room.type))
    throw new Unreadable(
      `room ${roomId} is stored with the type "${room.type as string}": correct it in the table`,
    )
  return room
}

export const parseParticipant = (item: Item & Key): Participant => {
  const known = readKnown('participant', item)
  return {
    ...known,
    key: parseParticipantEmail(item),
    last_comment_read_as_of: parseReadTime(
      known.last_comment_read_as_of,
      known.last_comment_read_id,
    ),
    last_comment_received_as_of: parseReadTime(
      known.last_comment_received_as_of,
      known.last_comment_received_id,
    ),
  }
}

/**
 * Formats the time of the read with the greatest id. The id stands behind it, because version 1.0.0, which may run
 * beside this one during a canary, stores a greater id and leaves the time of another read.
 */
export const formatReadTime = (asOf: Timestamp, commentId: number): string => `${asOf}#${commentId}`

/** @returns undefined if the time is that of another read */
const parseReadTime = (
  text: string | undefined,
  commentId: number | undefined,
): Timestamp | undefined => {
  const [asOf, id] = text?.split('#') ?? []
  return Number(id) === commentId ? asOf : undefined
}

export const parseComment = (item: Item & Key): Comment => ({
  ...readKnown('comment', item),
  comment_id: parseCommentId(item),
})

/** @returns undefined if the user has no profile */
export const parseProfile = (item: Item | undefined): StoredProfile | undefined => {
  if (item === undefined) return undefined
  const { profile_as_of = '', username = '', avatar_url = '' } = readKnown('profile', item)
  const reached = readText(item, 'reached')
  const copied_as_of = readText(item, 'copied_as_of')
  return { profile_as_of, username, avatar_url, reached, copied_as_of }
}

const readers = {
  text: readText,
  number: readNumber,
  texts: (item: Item, name: string): string[] | undefined => {
    const texts = readTexts(item, name)
    return texts && [...texts]
  },
}

type Reader = (typeof readers)[keyof typeof readers]

/** For each kind of item, how its attributes are read. */
const readersOf = Object.fromEntries(
  Object.entries(groups).map(([kind, ofKind]) => {
    const attributes = Object.values<Group>(ofKind).flatMap((group) =>
      Object.entries(group.attributes),
    )
    return [kind, attributes.map(([name, { type }]): [string, Reader] => [name, readers[type]])]
  }),
) as Record<Kind, [string, Reader][]>

/**
 * Reads the attributes that fact-groups.ts declares for a kind of item. One that is not stored is undefined.
 * @throws Unreadable if an attribute has another type
 */
export const readKnown = <Of extends Kind>(kind: Of, item: Item): Known<Of> => {
  const known: Record<string, unknown> = {}
  for (const [name, read] of readersOf[kind]) known[name] = read(item, name)
  return known as Known<Of>
}
