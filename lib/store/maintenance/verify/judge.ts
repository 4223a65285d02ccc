import type { ChatEvent } from '../../../domain/events.ts'
import type { Items } from '../../facts/fold-facts.ts'
import type { Difference } from './differences.ts'

/**
 * What corrects a difference: importing the files again, the events that --repair writes, or nothing that an event
 * can say.
 */
export type Remedy = 'import' | 'repair' | 'none'

export interface JudgedDifference extends Pick<Difference, 'what' | 'text'> {
  remedy: Remedy
}

interface Case<Event extends ChatEvent> {
  /** How the table differs from the files. */
  found: Difference[]
  /** Finds how items would differ from the files. */
  find: (items: Items) => Difference[]
  /** The items after the files are imported again. */
  importedAgain: Items
  /** The events of the files that the table does not have, for those differences that importing them corrects. */
  missing: Event[]
  /** Finds the items after these events are imported, and those of the events that an import refuses. */
  simulate: (repairs: Event[]) => { items: Items; refused?: Map<Event, unknown> }
}

/** A correction can reveal another difference: somebody who is back in the room may have the wrong name. */
const maxRounds = 8

/** Finds what corrects each difference, and the events that correct them without another import of the files. */
export const judge = <Event extends ChatEvent>({
  found,
  find,
  importedAgain,
  missing,
  simulate,
}: Case<Event>): { differences: JudgedDifference[]; repairs: Event[] } => {
  const left = listNames(find(importedAgain))
  const isImportEnough = ({ what }: Difference) => !left.has(what)
  const repairs = new Map<string, Event>()
  const add = (events: Event[]): void => {
    for (const event of events) {
      const name = JSON.stringify(event)
      if (!repairs.has(name)) repairs.set(name, event)
    }
  }
  if (found.some(isImportEnough)) add(missing)
  let repaired = simulate([...repairs.values()])
  let rest = find(repaired.items)
  for (let round = 0; round < maxRounds; round += 1) {
    const before = repairs.size
    add(rest.flatMap(({ correction }) => (correction ? [correction as Event] : [])))
    if (repairs.size === before) break
    repaired = simulate([...repairs.values()])
    rest = find(repaired.items)
  }
  const unrepaired = listNames(rest)
  return {
    differences: found.map((difference) => {
      const { what, text } = difference
      const remedy = isImportEnough(difference)
        ? 'import'
        : unrepaired.has(what)
          ? 'none'
          : 'repair'
      return { what, text, remedy }
    }),
    repairs: [...repairs.values()].filter((event) => !repaired.refused?.has(event)),
  }
}

const listNames = (differences: Difference[]): Set<string> =>
  new Set(differences.map(({ what }) => what))
