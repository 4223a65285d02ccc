import type { Items } from './table.ts'
import type { Steps, World } from './world.ts'

/** A fact of which the newest, the greatest value, stays. */
export function* recordNewest<Name extends string, T extends Partial<Record<Name, number>>>(
  { broken }: World,
  items: Items<T>,
  key: string,
  name: Name,
  value: NonNullable<T[Name]>,
  empty: T,
): Steps<boolean> {
  yield `records ${name} ${value} of ${key}`
  const known = items.get(key)
  if ((known?.[name] ?? -1) >= value && !broken.has('facts: the newest wins')) return false
  items.put(key, { ...(known ?? empty), [name]: value })
  return true
}

/** A fact that never changes. */
export function* recordOnce<T extends object>(
  items: Items<T>,
  key: string,
  fact: Partial<T>,
  empty: T,
): Steps<boolean> {
  yield `records ${Object.keys(fact).join()} of ${key}`
  const known = items.get(key) ?? empty
  if (Object.keys(fact).every((name) => name in known)) return false
  items.put(key, { ...known, ...fact })
  return true
}
