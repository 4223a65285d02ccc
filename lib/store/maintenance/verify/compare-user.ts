import type { Email } from '../../../domain/email.ts'
import type { ProfileUpdated } from '../../../domain/events.ts'
import type { RoomType } from '../../../domain/room-type.ts'
import type { Timestamp } from '../../../domain/time.ts'
import { isKnown } from '../../facts/compare-fact.ts'
import { listFacts } from '../../facts/facts-of-event.ts'
import { foldFacts, type Items } from '../../facts/fold-facts.ts'
import { parseProfile } from '../../facts/items.ts'
import { findListing, isRow, parseRowRoomId, profileKey, formatKey } from '../../keys.ts'
import { readItems } from '../../read-items.ts'
import type { Store } from '../../store.ts'
import { readUserRows } from '../read-user-rows.ts'
import { correctAfter, differ, type Difference } from './differences.ts'
import { judge, type JudgedDifference } from './judge.ts'

/** What the files say of a user. */
export interface UserExpectation {
  email: Email
  profiles: ProfileUpdated[]
  until: Timestamp
}

export interface ComparedUser {
  differences: JudgedDifference[]
  repairs: ProfileUpdated[]
  /** The newest profile in the files. */
  profile: ProfileUpdated | undefined
}

/** Compares the profile of a user with what the files say. A user without one in the files has none to compare. */
export const compareProfile = async (
  store: Store,
  { email, profiles, until }: UserExpectation,
): Promise<ComparedUser> => {
  if (profiles.length === 0) return { differences: [], repairs: [], profile: undefined }
  const key = profileKey(email)
  const name = formatKey(key)
  const files = withProfiles(new Map(), profiles)
  const expected = parseProfile(files.get(name))!
  const profile: ProfileUpdated = {
    type: 'profile.updated',
    occurred_at: expected.profile_as_of,
    email,
    username: expected.username,
    avatar_url: expected.avatar_url,
  }
  const find = (items: Items): Difference[] => {
    const found = parseProfile(items.get(name))
    if ((found?.profile_as_of ?? '') > until) return []
    const correction = correctAfter(store.now(), [found?.profile_as_of], (occurred_at) => ({
      ...profile,
      occurred_at,
    }))
    return (['username', 'avatar_url'] as const).flatMap((field) =>
      found?.[field] === expected[field]
        ? []
        : differ(`the profile of ${email}: ${field}`, found?.[field], expected[field], correction),
    )
  }
  const [item] = await readItems(store, [key])
  const stored: Items = new Map(item && [[name, item]])
  const found = find(stored)
  if (found.length === 0) return { differences: [], repairs: [], profile }
  const judged = judge<ProfileUpdated>({
    found,
    find,
    importedAgain: withProfiles(stored, profiles),
    missing: profiles.filter((event) => isMissing(event, item)),
    simulate: (repairs) => ({ items: withProfiles(stored, repairs) }),
  })
  return { ...judged, profile }
}

const withProfiles = (stored: Items, profiles: ProfileUpdated[]): Items => {
  const items: Items = new Map(stored)
  foldFacts(items, profiles.flatMap(listFacts))
  return items
}

const isMissing = (event: ProfileUpdated, stored: Parameters<typeof isKnown>[1]): boolean =>
  listFacts(event).some((fact) => !isKnown(fact, stored))

/** Lists the rooms in some listings of a user. */
export const listRoomsOfUser = async (
  store: Store,
  email: Email,
  types: RoomType[],
): Promise<number[]> => {
  const rooms: number[] = []
  for await (const { Items } of readUserRows(store, email))
    for (const item of Items.filter(isRow)) {
      const listing = findListing(String(item['activity'] ?? ''))
      if (listing !== undefined && types.includes(listing)) rooms.push(parseRowRoomId(item))
    }
  return rooms
}
