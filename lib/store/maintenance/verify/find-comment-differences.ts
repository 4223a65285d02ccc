import type { Comment } from '../../../domain/room-state.ts'
import type { Items } from '../../facts/fold-facts.ts'
import { parseComment } from '../../facts/items.ts'
import { isComment } from '../../keys.ts'
import { correctAfter, differ, type Difference } from './differences.ts'
import type { CommentRange, RoomOfFiles } from './room-of-files.ts'

/** A comment of the table. An erased one has no text, although nobody deleted it. */
type StoredComment = Comment & { isErased: boolean }

/**
 * Compares the comments that the files have. Of those that only the table has, it finds the ones between the first
 * and the last one of the files: an export may have only the newest comments, and the table has newer ones.
 */
export const findCommentDifferences = (table: Items, files: RoomOfFiles): Difference[] => {
  const expected = parseComments(files.items)
  const stored = parseComments(table)
  const differences = [...expected.values()].flatMap((comment) =>
    compareComment(stored.get(comment.comment_id), comment, files),
  )
  const { first, last } = files.range
  const surplus = [...stored.values()]
    .filter((comment) => isPosted(comment) && !comment.isErased && comment.posted_at <= files.until)
    .filter(
      ({ comment_id }) => comment_id >= first && comment_id <= last && !expected.has(comment_id),
    )
    .map((comment) => ({
      what: `comment ${comment.comment_id}`,
      text: `comment ${comment.comment_id} is in the table and not in the files`,
      correction: makeDeletion(comment, files),
    }))
  return [...differences, ...surplus]
}

/** Finds the range of the comments that the files have. A listing has only the last comment, without its author. */
export const findRange = (comments: Iterable<Comment>): CommentRange => {
  let [first, last] = [Infinity, -Infinity]
  for (const { comment_id, posted_at, author } of comments)
    if (posted_at !== undefined && author !== '') {
      first = Math.min(first, comment_id)
      last = Math.max(last, comment_id)
    }
  return { first, last }
}

export const parseComments = (items: Items): Map<number, StoredComment> => {
  const comments = [...items.values()].filter(isComment).map((item) => {
    const comment = parseComment(item)
    const isErased = item['removed_text'] !== undefined && comment.deleted_at === undefined
    return { ...comment, isErased }
  })
  comments.sort((a, b) => a.comment_id - b.comment_id)
  return new Map(comments.map((comment) => [comment.comment_id, comment]))
}

const compareComment = (
  stored: StoredComment | undefined,
  expected: StoredComment,
  files: RoomOfFiles,
): Difference[] => {
  const place = `comment ${expected.comment_id}`
  const { deleted_at } = stored ?? {}
  const describe = (what: string, text: string): Difference[] => [
    { what: `${place}: ${what}`, text: `${place} ${text}`, correction: undefined },
  ]
  if (expected.deleted_at !== undefined)
    return deleted_at === undefined
      ? describe('deletion', 'is deleted in the files and not in the table')
      : []
  if (deleted_at !== undefined)
    return expected.posted_at !== undefined && deleted_at <= files.until
      ? describe('deletion', 'is deleted in the table and not in the files')
      : []
  if (stored?.posted_at === undefined)
    return expected.posted_at === undefined
      ? []
      : describe('posting', 'is in the files and not in the table')
  return [...comparePosting(stored, expected, place), ...compareText(stored, expected, files)]
}

/** No event moves a comment to an earlier time, or to another author. */
const comparePosting = (
  stored: StoredComment,
  expected: StoredComment,
  place: string,
): Difference[] => {
  if (expected.posted_at === undefined) return []
  const differences: Difference[] = []
  if (stored.posted_at !== expected.posted_at)
    differences.push(differ(`${place}: time`, stored.posted_at, expected.posted_at))
  const isAuthorKnown = expected.author !== '' && stored.author !== undefined
  if (isAuthorKnown && stored.author !== expected.author)
    differences.push(differ(`${place}: author`, stored.author, expected.author))
  return differences
}

const compareText = (
  stored: StoredComment,
  expected: StoredComment,
  { roomId, now, until }: RoomOfFiles,
): Difference[] => {
  const text = findText(expected)
  const isSame = text === undefined || findText(stored) === text
  const isLater = (stored.edited_at ?? stored.posted_at ?? '') > until
  if (isSame || stored.isErased || isLater) return []
  const { comment_id } = expected
  const correction = correctAfter(now, [stored.posted_at, stored.edited_at], (occurred_at) => ({
    type: 'comment.edited',
    occurred_at,
    room_id: roomId,
    comment_id,
    message: text,
  }))
  return [differ(`comment ${comment_id}: text`, findText(stored), text, correction)]
}

const findText = ({ edited_message, message }: Comment): string | undefined =>
  edited_message ?? message

const isPosted = (comment: StoredComment): comment is StoredComment & { posted_at: string } =>
  comment.posted_at !== undefined && comment.deleted_at === undefined

const makeDeletion = (
  { comment_id, posted_at }: Comment,
  { roomId, now }: RoomOfFiles,
): Difference['correction'] =>
  correctAfter(now, [posted_at], (occurred_at) => ({
    type: 'comment.deleted',
    occurred_at,
    room_id: roomId,
    comment_id,
  }))
