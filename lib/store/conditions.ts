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
 */
export const isNewestGroup = (names: string[]): string =>
  `attribute_not_exists(#${names[0]}) OR ${isLess(names)}`

const isLess = ([name, ...rest]: string[]): string =>
  rest.length === 0
    ? `#${name} < :${name}`
    : `#${name} < :${name} OR (#${name} = :${name} AND (${isLess(rest)}))`

/** The text of a deleted comment is not stored, so there the other attributes decide. */
export const isNewestGroupWithText = (names: string[], text: string): string => {
  const others = names.filter((name) => name !== text)
  return `(${isNewestGroup(names)}) AND (attribute_not_exists(removed_text) OR ${isNewestGroup(others)})`
}

export const isOldestValue = (name: string): string =>
  `attribute_not_exists(#${name}) OR #${name} > :${name}`

/** The row counts as unread: for a list of unread rooms. */
export const isUnread = 'unread_count > :zero AND attribute_not_exists(muted)'

export const allOf = (...clauses: string[]): string => clauses.join(' AND ')
