import type { Email } from '../../domain/email.ts'
import { Unreadable } from '../../domain/errors.ts'
import { isPresent, type Participant, type Room } from '../../domain/room-state.ts'
import { toTimestamp } from '../../domain/time.ts'
import { isAbsent, isUnchanged } from '../conditions.ts'
import { update } from '../update.ts'
import { deleteItem } from './delete-item.ts'
import { removeAuthors, removeTexts } from './erase-comments.ts'
import { parseParticipant } from '../facts/items.ts'
import { readAllParticipants, readRoom } from '../facts/read-room.ts'
import { recordEvent } from '../facts/record-event.ts'
import { participantKey, roomKey, rowKey } from '../keys.ts'
import { projectRoom } from '../project-room.ts'
import { readItems } from '../read-items.ts'
import { retryContention } from '../retry.ts'
import type { Store } from '../store.ts'

/** A user who has joined again this many times is brought back by something that does not stop by itself. */
const attempts = 16

/**
 * Erases a user from one room: the participant, the texts and authors of the user's comments, what other rows show
 * of the user, and last the user's own row. It may be interrupted at any point and run again:
 *
 * 1. The facts change as if the user had left and the comments had no text.
 * 2. The rows are projected, so that none shows the user any more.
 * 3. Then the items by which the user is found in this room are removed: authors, participant, row.
 *
 * A user who joins again meanwhile is erased again.
 * @returns how many comments had the user as their author, and whether the room had the user as a participant
 * @throws Unreadable if the user joins again all the time
 */
export const eraseFromRoom = async (
  store: Store,
  email: Email,
  roomId: number,
): Promise<{ comments: number; wasParticipant: boolean }> => {
  let comments = 0
  let wasParticipant = false
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const room = await readRoom(store, roomId)
    const participant = await readParticipant(store, email, roomId)
    await removeFacts(store, room, participant)
    const texts = await removeTexts(store, { roomId, author: email })
    await projectWithout(store, room, email, texts)
    await removeAuthors(store, { roomId, author: email })
    comments += texts
    wasParticipant ||= participant !== undefined
    if (await deleteItem(store, participantKey(roomId, email), isAbsent)) {
      await deleteItem(store, rowKey(email, roomId))
      return { comments, wasParticipant }
    }
  }
  throw new Unreadable(
    'the user joins again all the time: end what brings the user back, and erase the user again',
  )
}

const readParticipant = async (
  store: Store,
  email: Email,
  roomId: number,
): Promise<Participant | undefined> => {
  const [item] = await readItems(store, [participantKey(roomId, email)])
  return item && parseParticipant(item)
}

/**
 * Records that the user has left, and removes the user's name, which a personal room shows after a leave, and what
 * a personal room itself has of the user. A room that is not created yet may become a personal one, or a group.
 */
const removeFacts = async (
  store: Store,
  room: Room,
  participant: Participant | undefined,
): Promise<void> => {
  const { room_id, type, name, avatar_url } = room
  if (participant && isPresent(participant)) {
    const now = toTimestamp(store.now())
    const { key: email, joined_at } = participant
    const occurred_at = joined_at > now ? joined_at : now
    await recordEvent(store, { type: 'participant.left', occurred_at, room_id, email })
  }
  if (participant) await removeProfile(store, room_id, participant)
  if (type === 'group') return
  // No row shows the name of a personal room, and it may be the user's.
  const isUsers = type === 'single' || name === participant?.username
  if (name !== undefined && isUsers) await removeFromRoom(store, room_id, 'name', name)
  if (avatar_url !== undefined && avatar_url === participant?.avatar_url)
    await removeFromRoom(store, room_id, 'avatar_url', avatar_url)
}

/** Its time stays, so that the event that set the profile does not set it again. Somebody who has joined again keeps it. */
const removeProfile = (store: Store, roomId: number, { key }: Participant) =>
  update(store, {
    Key: participantKey(roomId, key),
    UpdateExpression: 'REMOVE username, avatar_url',
    ConditionExpression: isAbsent,
  })

/** Its time stays, so that the event that set the attribute does not set it again. */
const removeFromRoom = (store: Store, roomId: number, name: string, value: string) =>
  update(store, {
    Key: roomKey(roomId),
    UpdateExpression: 'REMOVE #name',
    ConditionExpression: isUnchanged,
    ExpressionAttributeNames: { '#name': name },
    ExpressionAttributeValues: { ':value': value },
  })

/**
 * Projects the rows that may show the user: in a group, only the text of a comment does. The rows of people
 * who have left are among them, because an event may have failed before it took them out of their lists.
 */
const projectWithout = async (
  store: Store,
  { room_id, type }: Room,
  email: Email,
  comments: number,
): Promise<void> => {
  const everyone = type !== 'group' || comments > 0
  await retryContention(store, async () => {
    const participants = everyone ? await readAllParticipants(store, room_id) : []
    const viewers = new Set([email, ...participants.map(({ key }) => key)])
    await projectRoom(store, room_id, { everyone, participants: viewers })
  })
}
