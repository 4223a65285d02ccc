import { QueryCommand, type QueryCommandOutput } from '@aws-sdk/lib-dynamodb'
import pMap from 'p-map'
import type { Email } from '../../domain/email.ts'
import { isAuthor, isTextRemoved, allOf } from '../conditions.ts'
import type { Item } from '../item.ts'
import { commentPrefix, type Key, roomPartition } from '../keys.ts'
import { retryContention } from '../retry.ts'
import type { Store } from '../table.ts'
import { update } from './record-event.ts'
import type { Update } from './update-of-fact.ts'

/** A user's comments in one room. */
interface CommentsOfAuthor {
  roomId: number
  author: Email
}

const concurrency = 16

/**
 * Removes the texts of a user's comments in a room. As with a deleted comment, `removed_text` keeps a text
 * out that arrives again. The comments still count as unread.
 * @returns how many comments the user wrote in the room
 */
export const removeTexts = (store: Store, comments: CommentsOfAuthor): Promise<number> =>
  updateComments(store, comments, {
    UpdateExpression: 'SET removed_text = :removed_text REMOVE message, edited_message',
    ConditionExpression: isAuthor,
    ExpressionAttributeValues: { ':author': comments.author, ':removed_text': '' },
  })

/**
 * Removes the author of a user's comments in a room, once their texts are removed: nothing finds a comment
 * without its author.
 */
export const removeAuthors = (store: Store, comments: CommentsOfAuthor): Promise<number> =>
  updateComments(store, comments, {
    UpdateExpression: 'REMOVE author',
    ConditionExpression: allOf(isAuthor, isTextRemoved),
    ExpressionAttributeValues: { ':author': comments.author },
  })

const updateComments = async (
  store: Store,
  comments: CommentsOfAuthor,
  change: Omit<Update, 'Key'>,
): Promise<number> => {
  let count = 0
  for await (const keys of listComments(store, comments)) {
    await pMap(keys, (Key) => update(store, { Key, ...change }), { concurrency })
    count += keys.length
  }
  return count
}

/** Lists the keys of the comments, page by page. It reads all comments of the room. */
async function* listComments(
  store: Store,
  { roomId, author }: CommentsOfAuthor,
): AsyncGenerator<Key[]> {
  let from: Item | undefined
  do {
    const answer: QueryCommandOutput = await retryContention(store, () =>
      store.client.send(
        new QueryCommand({
          TableName: store.tableName,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :comments)',
          FilterExpression: isAuthor,
          ExpressionAttributeValues: {
            ':pk': roomPartition(roomId).pk,
            ':comments': commentPrefix,
            ':author': author,
          },
          ProjectionExpression: 'pk, sk',
          ...(from && { ExclusiveStartKey: from }),
        }),
        { abortSignal: store.signal },
      ),
    )
    yield (answer.Items ?? []) as Key[]
    from = answer.LastEvaluatedKey
  } while (from !== undefined)
}
