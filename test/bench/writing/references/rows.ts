import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import {
  formatActivity,
  isComment,
  type Key,
  parseCommentId,
  rowKey,
} from '../../../../lib/store/keys.ts'
import type { Attributes } from '../../../../lib/store/rows/stored-row.ts'

/** A text in the form of the wire. */
export const text = (S: string): AttributeValue => ({ S })
/** A number in the form of the wire. */
export const number = (N: number): AttributeValue => ({ N: String(N) })
/** A key in the form of the wire. */
export const wireKey = ({ pk, sk }: Key) => ({ pk: text(pk), sk: text(sk) })

/**
 * Makes the rows of a room, in the form of the wire. They are those of the product, as long as nobody has read, left,
 * edited or deleted anything.
 * @param facts participants and comments, backwards
 */
export const rowsOf = (roomId: number, room: Attributes, facts: Attributes[]): Attributes[] => {
  const people = facts.filter((fact) => !isFactOfComment(fact))
  const comments = facts.filter(isFactOfComment)
  const type = textOf(room, 'type') === 'single' ? 'single' : 'group'
  const newest = comments[0]!
  const place = { timestamp: textOf(newest, 'posted_at'), commentId: idOf(newest), roomId }
  const activity = text(formatActivity(type, place))
  const message = textOf(newest, 'message')
  // Backwards is by address. The benchmark numbers people in the order of their positions.
  const shownPeople =
    type === 'single' ? people.toReversed().map((person) => toShown(person, comments)) : []
  const author = textOf(newest, 'author')
  const indexOfAuthor = shownPeople.findIndex(([, email]) => email === author)
  const shownAuthor = [indexOfAuthor < 0 ? author : indexOfAuthor, newest['username']?.S ?? '']
  return people.map((viewer) => {
    const email = textOf(viewer, 'email')
    const other = people.find((person) => person !== viewer)!
    const shownRoom =
      type === 'single'
        ? ['', textOf(other, 'username')]
        : [textOf(room, 'avatar_url'), textOf(room, 'name')]
    const unread = comments.findIndex((comment) => textOf(comment, 'author') === email)
    const read = unread === -1 ? 0 : idOf(comments[unread]!)
    const shown = [message, ...shownRoom, shownPeople, ...shownAuthor, read]
    return {
      ...wireKey(rowKey(email, roomId)),
      activity,
      revision: room['revision']!,
      changed: number(Date.now()),
      shown: text(JSON.stringify(shown)),
      unread_count: number(unread === -1 ? comments.length : unread),
    }
  })
}

const textOf = (item: Attributes, name: string): string => item[name]!.S!
const isFactOfComment = (fact: Attributes): boolean => isComment({ sk: textOf(fact, 'sk') })
const idOf = (comment: Attributes): number => parseCommentId({ sk: textOf(comment, 'sk') })

/** An own comment counts as read. */
const toShown = (person: Attributes, comments: Attributes[]) => {
  const email = textOf(person, 'email')
  const own = comments.find((comment) => textOf(comment, 'author') === email)
  const [avatarUrl, username] = [textOf(person, 'avatar_url'), textOf(person, 'username')]
  return [avatarUrl, email, Number(person['id']!.N), own ? idOf(own) : 0, 0, username]
}
