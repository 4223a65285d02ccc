import pMap from 'p-map'
import type { Email } from '../../domain/email.ts'
import { isAuthor, isTextRemoved, allOf } from '../conditions.ts'
import { commentPrefix, roomPartition } from '../keys.ts'
import { queryPages } from '../read-pages.ts'
import type { Store } from '../store.ts'
import { update, type Update } from '../update.ts'

/** A user's comments in one room. */
interface CommentsOfAuthor {
  roomId: number
  author: Email
}

const concurrency = 16

/**
 * Removes the texts of a user's comments in a room. As with a deleted comment, `removed_text` keeps the text from
 * being stored if it arrives again. The comments still count as unread.
 * @returns how many comments the user wrote in the room
 */
export const removeTexts = (store: Store, comments: CommentsOfAuthor): Promise<number> =>
  updateComments(store, comments, {
    UpdateExpression: 'SET removed_text = :removed_text REMOVE message, edited_message',
    ConditionExpression: isAuthor,
    ExpressionAttributeValues: { ':author': comments.author, ':removed_text': '' },
  })

/**
 * Removes the author of a user's comments in a room and the author's name, after their texts: a comment without an author cannot be
 * found any more.
 */
export const removeAuthors = (store: Store, comments: CommentsOfAuthor): Promise<number> =>
  updateComments(store, comments, {
    UpdateExpression: 'REMOVE author, username',
    ConditionExpression: allOf(isAuthor, isTextRemoved),
    ExpressionAttributeValues: { ':author': comments.author },
  })

const updateComments = async (
  store: Store,
  comments: CommentsOfAuthor,
  change: Omit<Update, 'Key'>,
): Promise<number> => {
  let count = 0
  for await (const { Items: keys } of listComments(store, comments)) {
    await pMap(keys, ({ pk, sk }) => update(store, { Key: { pk, sk }, ...change }), { concurrency })
    count += keys.length
  }
  return count
}

/** Lists the keys of the comments, page by page. It reads all comments of the room. */
const listComments = (
  store: Store,
  { roomId, author }: CommentsOfAuthor,
): ReturnType<typeof queryPages> =>
  queryPages(store, {
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :comments)',
    FilterExpression: isAuthor,
    ExpressionAttributeValues: {
      ':pk': roomPartition(roomId).pk,
      ':comments': commentPrefix,
      ':author': author,
    },
    ProjectionExpression: 'pk, sk',
  })
