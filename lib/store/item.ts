import type { NativeAttributeValue } from '@aws-sdk/util-dynamodb'
import { Unreadable } from '../domain/errors.ts'
import {
  isComment,
  isParticipant,
  isProfile,
  isRow,
  parseCommentId,
  parsePartition,
  parseRowRoomId,
} from './keys.ts'

/** An item as the document client returns it. The functions below check the type of an attribute. */
export type Item = Record<string, NativeAttributeValue>

/** @throws Unreadable if the attribute is stored and not a string */
export const readText = (item: Item, name: string): string | undefined => {
  const value: unknown = item[name]
  if (value === undefined || typeof value === 'string') return value
  throw refuseAttribute(item, name, 'a string')
}

/** @throws Unreadable if the attribute is stored and not a number */
export const readNumber = (item: Item, name: string): number | undefined => {
  const value: unknown = item[name]
  if (value === undefined || typeof value === 'number') return value
  throw refuseAttribute(item, name, 'a number')
}

/** @throws Unreadable if the attribute is stored and not a set of strings */
export const readTexts = (item: Item, name: string): Set<string> | undefined => {
  const value: unknown = item[name]
  if (value === undefined || isSetOfTexts(value)) return value
  throw refuseAttribute(item, name, 'a set of strings')
}

const isSetOfTexts = (value: unknown): value is Set<string> =>
  value instanceof Set && [...value].every((each) => typeof each === 'string')

const refuseAttribute = (item: Item, name: string, type: string): Unreadable =>
  new Unreadable(`${nameItem(item)}: the attribute ${name} is not ${type}: correct it in the table`)

/** Names an item, with the number of its room and without the address in its key, because the name is logged. */
const nameItem = (item: Item): string => {
  const key = { pk: String(item['pk']), sk: String(item['sk']) }
  const partition = parsePartition(key)
  if (partition === undefined) return 'an item of no room and no user'
  if ('user' in partition) {
    if (isRow(key)) return `room ${parseRowRoomId(key)}, the row of a user`
    return isProfile(key) ? 'the profile of a user' : 'a total of a user'
  }
  const room = `room ${partition.roomId}`
  if (isComment(key)) return `${room}, comment ${parseCommentId(key)}`
  return isParticipant(key) ? `${room}, a participant` : room
}
