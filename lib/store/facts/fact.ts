import { type GroupName, groupOf, type Kind, type Values } from '../../domain/fact-groups.ts'
import type { Key } from '../keys.ts'

/** What is to be recorded of one item. Facts can be recorded in any order, and more than once. */
export type Fact = {
  [Of in Kind]: { [Name in GroupName<Of>]: FactOf<Of, Name> }[GroupName<Of>]
}[Kind]

/** A fact of one group of attributes. */
export interface FactOf<Of extends Kind, Name extends GroupName<Of>> {
  kind: Of
  group: Name
  key: Key
  /** All values of the group. One that an erasure has removed is missing. Joins are recorded one by one. */
  values: Values<Of, Name>
}

/** Facts of one item, which set different attributes. */
export type Facts = [Fact, ...Fact[]]

export const makeFact = <Of extends Kind, Name extends GroupName<Of>>(
  kind: Of,
  group: Name,
  key: Key,
  values: Values<Of, Name>,
): FactOf<Of, Name> => ({ kind, group, key, values })

/** @returns what fact-groups.ts says of a fact's group, and its attributes in that order, with their values */
export const describeGroup = ({ kind, group, values }: Fact) => {
  const { rule, attributes, remove = [], text } = groupOf(kind, group)
  const optional = Object.keys(attributes).find((name) => attributes[name]!.isOptional)
  const valueOf = values as Record<string, string | number | undefined>
  const entries = Object.keys(attributes).flatMap((name) => {
    const value = valueOf[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { rule, entries, remove, text, optional }
}
