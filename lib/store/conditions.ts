import type { Flag } from '../domain/flags.ts'

/**
 * The clauses of conditions, each written once. The placeholders in them, such as `:revision`, are the
 * names of the values that the write has to supply.
 */

export const isListed = 'attribute_exists(activity)'
export const isNotListed = 'attribute_not_exists(activity)'

/** The stored row has a lower revision than the new one. */
export const isOlder = 'revision < :revision'
export const isOlderOrHasNoRevision = '(attribute_not_exists(revision) OR revision < :revision)'

/** The viewer has not left, or left before the join that the new row is for. */
export const isNotLeftSinceJoin = '(attribute_not_exists(left_at) OR left_at < :joined_at)'
/** The viewer has not left, or left before this leave. */
export const isNotLeftSince = '(attribute_not_exists(left_at) OR left_at < :left_at)'

/** The participant has not joined or left again since it was read. */
export const isStillInTheRoom =
  'joined_at = :joined_at AND (attribute_not_exists(left_at) OR left_at <= :left_at)'

/** The rows are not known to show what was known at this revision. */
export const isLessProjected = '(attribute_not_exists(projected) OR projected < :projected)'

/** No projection of the room started since it was read. */
export const isRevisionUnchanged = 'revision = :revision_read'
/** `#name` stands for the attribute, because some names are reserved words of DynamoDB. */
export const isNotStored = (name: string): string => `attribute_not_exists(#${name})`
export const isNotCreated = isNotStored('type')

/** No later leave has ended the join, it is not stored yet, and fewer than the maximum are. */
export const isNewJoin =
  '(attribute_not_exists(left_at) OR left_at < :joined_at) AND (attribute_not_exists(joinings) OR (size(joinings) < :most AND NOT contains(joinings, :joined_at)))'
/** The joins are still those that were read, and no later leave has ended the new one. */
export const areJoinsUnchanged =
  '(attribute_not_exists(left_at) OR left_at < :joined_at) AND joinings = :joinings_read'

/** The stored profile is this one. */
export const isSameProfile =
  'profile_as_of = :profile_as_of AND username = :username AND avatar_url = :avatar_url'

/** The stored profile has the same name and avatar, and an older time. */
export const isOlderProfileOfSameValue =
  'profile_as_of < :profile_as_of AND username = :username AND avatar_url = :avatar_url'

export const isAuthor = 'author = :author'
/** Every text that is stored from now on is empty. */
export const isTextRemoved = 'attribute_exists(removed_text)'

/** The participant has not joined, or has left since. */
export const isAbsent = '(attribute_not_exists(joined_at) OR joined_at <= left_at)'

/** `#name` and `:value` stand for an attribute and its value. */
export const isUnchanged = '#name = :value'

/**
 * The group of attributes is not stored, or is less than the new one, compared attribute by attribute in
 * this order. `#name` and `:name` stand for an attribute and its new value.
 * @param optional the attribute that may be missing in a stored group, which makes that group the lesser one
 */
export const isNewestGroup = (names: string[], optional?: string): string =>
  `attribute_not_exists(#${names[0]}) OR ${isLess(names, optional)}`

const isLess = ([name, ...rest]: string[], optional: string | undefined): string => {
  const less = `#${name} < :${name}`
  if (rest.length > 0) return `${less} OR (#${name} = :${name} AND (${isLess(rest, optional)}))`
  return name === optional ? `attribute_not_exists(#${name}) OR ${less}` : less
}

/** The text of a deleted comment is not stored, so there the other attributes decide. */
export const isNewestGroupWithText = (names: string[], text: string, optional?: string): string => {
  const others = names.filter((name) => name !== text)
  return `(${isNewestGroup(names, optional)}) AND (attribute_not_exists(removed_text) OR ${isNewestGroup(others, optional)})`
}

export const isOldestValue = (name: string): string =>
  `attribute_not_exists(#${name}) OR #${name} > :${name}`

/** The item is a row in a list, not the total of a listing. */
export const isRow = 'attribute_exists(unread_count)'
/** The item is the total of a listing. `#total` stands for the attribute. */
export const hasTotal = 'attribute_exists(#total)'
/** The row was stamped at this moment or later. */
export const isChangedSince = 'changed >= :moment'
/** The row counts as unread: for a list of unread rooms. */
export const isUnread =
  '(unread_count > :zero OR attribute_exists(marked_unread)) AND attribute_not_exists(muted) AND attribute_not_exists(archived)'
/** The row has a flag, or does not have it. */
export const hasFlag = (flag: Flag, isSet: boolean): string =>
  isSet ? `attribute_exists(${flag})` : `attribute_not_exists(${flag})`

export const allOf = (...clauses: string[]): string => clauses.join(' AND ')
