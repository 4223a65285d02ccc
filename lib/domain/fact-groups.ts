import type { Flag } from './flags.ts'
import type { RoomType } from './room-type.ts'
import type { Timestamp } from './time.ts'

/**
 * Everything that is known of rooms, participants, comments and users, declared once. The types of room-state.ts, the
 * stored items, their updates and what `npm run restore` copies follow from these groups. To add a group, read
 * "How to add a field to a row" in CONTRIBUTING.md. To change one, read docs/stored-forms.md.
 */

/**
 * What is kept if a group is recorded again:
 * - `greatest`: the greater group. Its attributes are compared in the order of the declaration. Most groups begin with
 *   their time, so the newest one is kept. A read begins with its id
 * - `first`: the group that was recorded first. An event with another room type is refused
 * - `oldest`: the group with the earlier time, so that a repeated creation does not move the room
 * - `joins`: both. `keepJoins` in room-state.ts limits them
 */
export type Rule = 'greatest' | 'first' | 'oldest' | 'joins'

/** Attributes that are recorded together. */
export interface Group {
  rule: Rule
  attributes: Record<string, Attribute<unknown>>
  /** Attributes that a newer group removes. */
  remove?: readonly string[]
  /** The attribute that holds a comment's text. It is not stored if the comment is deleted. */
  text?: string
  /** The field of `room.created` and `room.updated` that sets it: its attributes are a time and this value. */
  detail?: string
}

/** @template Value the type of its values; only the compiler uses it */
interface Attribute<Value> {
  type: 'text' | 'number' | 'texts'
  /** Whether an event may leave it out. It is the last of its group: a missing one is less than any other. */
  isOptional?: true
  value?: Value
}

const text = <Value extends string = string>(): Attribute<Value> => ({ type: 'text' })
const optionalText = (): Attribute<string | undefined> => ({ type: 'text', isOptional: true })
const time: () => Attribute<Timestamp> = text
const number = <Value extends number = number>(): Attribute<Value> => ({ type: 'number' })
const texts = (): Attribute<string[]> => ({ type: 'texts' })

/** 1 if the flag is set: DynamoDB does not compare booleans. Leaving and joining do not change it. */
const flag = <Name extends Flag>(name: Name) => ({
  rule: 'greatest' as const,
  attributes: { [`${name}_as_of`]: time(), [name]: number() } as Record<
    `${Name}_as_of`,
    Attribute<Timestamp>
  > &
    Record<Name, Attribute<0 | 1>>,
})

export const groups = {
  room: {
    type: { rule: 'first', attributes: { type: text<RoomType>() } },
    creation: { rule: 'oldest', attributes: { created_at: time() } },
    name: {
      rule: 'greatest',
      attributes: { name_as_of: time(), name: text() },
      detail: 'room_name',
    },
    avatar: {
      rule: 'greatest',
      attributes: { avatar_url_as_of: time(), avatar_url: text() },
      detail: 'room_avatar_url',
    },
  },
  participant: {
    /** The newest join. It removes the mark of an earlier leave, which must not be published any more. */
    join: {
      rule: 'greatest',
      attributes: {
        joined_at: time(),
        /** The index among the participants of one event, from 0. */
        position: number(),
        id: number(),
        /** The address as the event gave it. */
        email: text(),
      },
      remove: ['left_through'],
    },
    leave: { rule: 'greatest', attributes: { left_at: time() }, remove: ['left_through'] },
    profile: {
      rule: 'greatest',
      attributes: { profile_as_of: time(), username: text(), avatar_url: text() },
    },
    /**
     * Two reads are kept: the one with the greatest id, and the newest. `findStanding` in
     * standing.ts decides which comments they cover.
     */
    greatestRead: {
      rule: 'greatest',
      attributes: { last_comment_read_id: number(), last_comment_read_as_of: text() },
    },
    newestRead: {
      rule: 'greatest',
      attributes: { newest_read_as_of: time(), newest_read_id: number() },
    },
    /** The same for what the device of the participant has received. */
    greatestReceived: {
      rule: 'greatest',
      attributes: { last_comment_received_id: number(), last_comment_received_as_of: text() },
    },
    newestReceived: {
      rule: 'greatest',
      attributes: { newest_received_as_of: time(), newest_received_id: number() },
    },
    muted: flag('muted'),
    pinned: flag('pinned'),
    archived: flag('archived'),
    marked_unread: flag('marked_unread'),
    /** The unread count of an imported room, up to `baseline_comment_id`. It counts until that comment is read. */
    baseline: {
      rule: 'greatest',
      attributes: {
        baseline_as_of: time(),
        baseline_comment_id: number(),
        baseline_unread_count: number(),
      },
    },
    /** The joins since the last leave, and maybe some before it. */
    joins: {
      rule: 'joins',
      attributes: { joinings: texts() },
    },
  },
  /** The events of a comment arrive in any order: a deletion may be known before its comment. */
  comment: {
    /**
     * This group is declared before those with texts, so that `npm run restore` does not store these.
     * `removed_text` is empty.
     */
    deletion: {
      rule: 'greatest',
      attributes: { deleted_at: time(), removed_text: text() },
      remove: ['message', 'edited_message'],
    },
    posting: {
      rule: 'greatest',
      attributes: {
        posted_at: time(),
        author: text(),
        message: text(),
        /** The author's name at that time, if the event says it. */
        username: optionalText(),
      },
      text: 'message',
    },
    edit: {
      rule: 'greatest',
      attributes: { edited_at: time(), edited_message: text() },
      text: 'edited_message',
    },
  },
  /** A user's own profile. A room that is joined later copies it. */
  profile: {
    profile: {
      rule: 'greatest',
      attributes: { profile_as_of: time(), username: text(), avatar_url: text() },
      remove: ['reached', 'copied_as_of'],
    },
  },
} as const satisfies Record<string, Record<string, Group>>

/** Attributes that say what remains to be done. They are no facts, so `npm run restore` does not copy them. */
export interface Progress {
  room: {
    /** How often it was raised. Each projection has a number of it. */
    revision: number
    /**
     * Only of a large group: every row shows what was known when the revision was raised to this number. 0 until the
     * first of its deferred projections.
     */
    projected: number
  }
  participant: {
    /** Marks a leave through the API, which is published. */
    left_through: 'api'
    /** Set with `left_through`, for version 1.0.0 and the runbook (lib/store/schema.ts). */
    room_id: string
  }
  comment: object
  profile: {
    /** The sort key of the last row whose room has received this profile. */
    reached: string
    /** The time of a profile with the same name and avatar that was copied into all rooms of the user. */
    copied_as_of: Timestamp
  }
}

/** The kinds of items that hold facts. */
export type Kind = keyof typeof groups
export type GroupName<Of extends Kind> = keyof (typeof groups)[Of] & string

/** The values of one group, all of them. */
export type Values<
  Of extends Kind,
  Name extends GroupName<Of>,
> = (typeof groups)[Of][Name] extends { attributes: infer Attributes }
  ? { [A in keyof Attributes]: Attributes[A] extends Attribute<infer Value> ? Value : never }
  : never

type Intersection<Union> = (Union extends unknown ? (one: Union) => void : never) extends (
  all: infer All,
) => void
  ? All
  : never

type AllValues<Of extends Kind> = Intersection<
  { [Name in GroupName<Of>]: Values<Of, Name> }[GroupName<Of>]
>

/** What is known of one room, participant, comment or user: any attribute may be unknown. */
export type Known<Of extends Kind> = {
  [Name in keyof AllValues<Of>]?: AllValues<Of>[Name] | undefined
}

/** The names of the attributes of an item, besides its key. */
export type AttributeName<Of extends Kind> = (keyof AllValues<Of> | keyof Progress[Of]) & string

/** @returns the group, without the types of its values */
export const groupOf = (kind: Kind, name: string): Group =>
  (groups as Record<Kind, Record<string, Group>>)[kind][name]!

type RoomGroups = (typeof groups)['room']

/** The fields of events that set a detail of a room. */
export type DetailName = {
  [Name in keyof RoomGroups]: RoomGroups[Name] extends { detail: infer Detail } ? Detail : never
}[keyof RoomGroups]

/** The groups of a room that hold a detail: the field of the event, and the attributes of its time and value. */
export const roomDetails = Object.entries<Group>(groups.room).flatMap(
  ([group, { attributes, detail }]) => {
    const [asOf, attribute] = Object.keys(attributes) as [string, keyof Known<'room'>]
    return detail === undefined ? [] : [{ group, asOf, attribute, detail: detail as DetailName }]
  },
)

type Removed = {
  [Of in Kind]: {
    [Name in GroupName<Of>]: (typeof groups)[Of][Name] extends { remove: readonly (infer Names)[] }
      ? Exclude<Names, AttributeName<Of>>
      : never
  }[GroupName<Of>]
}[Kind]
/** Does not compile if a group removes an attribute that its item does not have. */
true satisfies [Removed] extends [never] ? true : Removed
