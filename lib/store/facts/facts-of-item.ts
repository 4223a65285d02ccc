import { type Item, readNumber, readText, readTexts } from '../item.ts'
import { isComment, isParticipant, isProfile, isRoom, type Key, parseRoomId } from '../keys.ts'
import { type Fact, makeCreationFact, makeTypeFact, type NewestFact } from './facts-of-event.ts'
import { parseRoom, type StoredItems } from './items.ts'

type Kind = keyof StoredItems

/** A group of attributes that a {@link NewestFact} sets, and what else is said about it there. */
type StoredGroup<Of extends Kind> = Pick<NewestFact<Of>, 'remove' | 'text'> & {
  /** In the order of the facts: they are compared in it. */
  names: (keyof StoredItems[Of])[]
}

/**
 * The groups of each item, which are those that listFacts in facts-of-event.ts makes. A deletion comes
 * before the texts, so that these are not stored. Some attributes are no facts: a room's revision, what
 * remains to be done for a profile (`reached`, `copied_as_of`), and whether a leave has to be published.
 */
const storedGroups: { [Of in Kind]: StoredGroup<Of>[] } = {
  room: [{ names: ['name_as_of', 'name'] }, { names: ['avatar_url_as_of', 'avatar_url'] }],
  participant: [
    { names: ['joined_at', 'position', 'id', 'email'], remove: ['left_through'] },
    { names: ['left_at'], remove: ['left_through'] },
    { names: ['profile_as_of', 'username', 'avatar_url'] },
    { names: ['last_comment_read_id', 'last_comment_read_as_of'] },
    { names: ['newest_read_as_of', 'newest_read_id'] },
    { names: ['last_comment_received_id', 'last_comment_received_as_of'] },
    { names: ['newest_received_as_of', 'newest_received_id'] },
    { names: ['muted_as_of', 'muted'] },
    { names: ['baseline_as_of', 'baseline_comment_id', 'baseline_unread_count'] },
  ],
  comment: [
    { names: ['deleted_at', 'removed_text'], remove: ['message', 'edited_message'] },
    { names: ['posted_at', 'author', 'message'], text: 'message' },
    { names: ['edited_at', 'edited_message'], text: 'edited_message' },
  ],
  profile: [
    { names: ['profile_as_of', 'username', 'avatar_url'], remove: ['reached', 'copied_as_of'] },
  ],
}

/** The attributes above that are numbers. All others are strings. */
const numbers: ReadonlySet<string> = new Set([
  'position',
  'id',
  'last_comment_read_id',
  'newest_read_id',
  'last_comment_received_id',
  'newest_received_id',
  'muted',
  'baseline_comment_id',
  'baseline_unread_count',
] satisfies (keyof StoredItems['participant'])[])

/**
 * Translates a stored item back into its facts. An item that holds none, such as a row, has none.
 * @throws Unreadable if an attribute has another type than the facts
 */
export const listFactsOfItem = (item: Item & Key): Fact[] => {
  const { pk, sk } = item
  const key = { pk, sk }
  if (isComment(item)) return listGroups('comment', key, item)
  if (isProfile(item)) return listGroups('profile', key, item)
  if (isRoom(item)) {
    const { room_id, type, created_at } = parseRoom(parseRoomId(key), item)
    return [
      ...(type === undefined ? [] : [makeTypeFact(room_id, type)]),
      ...(created_at === undefined ? [] : [makeCreationFact(room_id, created_at)]),
      ...listGroups('room', key, item),
    ]
  }
  if (!isParticipant(item)) return []
  const joinings = readTexts(item, 'joinings') ?? []
  return [
    ...listGroups('participant', key, item),
    ...[...joinings].map((joinedAt) => ({
      rule: 'joining' as const,
      item: 'participant' as const,
      key,
      joinedAt,
    })),
  ]
}

/** A group is stored if its first attribute is. The text of a deleted comment is not stored: it is empty. */
const listGroups = (kind: Kind, key: Key, item: Item): Fact[] => {
  const groups: { names: string[]; text?: string }[] = storedGroups[kind]
  return groups.flatMap(({ names, ...rest }) => {
    if (item[names[0]!] === undefined) return []
    const group = names.flatMap((name) => {
      const stored = numbers.has(name) ? readNumber(item, name) : readText(item, name)
      const value = stored ?? (name === rest.text ? '' : undefined)
      return value === undefined ? [] : [[name, value] as const]
    })
    return [{ rule: 'newest', item: kind, key, group: Object.fromEntries(group), ...rest } as Fact]
  })
}
