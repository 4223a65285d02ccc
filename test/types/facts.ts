import type { NewestFact } from '../../lib/store/facts/facts-of-event.ts'

type Group<Item extends NewestFact<'room' | 'participant' | 'comment' | 'profile'>['item']> =
  NewestFact<Item>['group']

export const comment: Group<'comment'> = { edited_at: '', edited_message: '' }

export const misspelled: Group<'comment'> = {
  edited_at: '',
  // @ts-expect-error: the attribute is misspelled.
  edited_mesage: '',
}

export const ofAnotherItem: Group<'room'> = {
  // @ts-expect-error: a room has no such attribute, a comment has.
  edited_at: '',
}

export const ofAnotherType: Group<'participant'> = {
  // @ts-expect-error: the attribute is a number.
  last_comment_read_id: '7',
}

// @ts-expect-error: a fact cannot remove an attribute that its item does not have.
export const removed: NewestFact<'participant'>['remove'] = ['left_trough']
