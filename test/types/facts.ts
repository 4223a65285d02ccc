import type { GroupName, Known } from '../../lib/domain/fact-groups.ts'
import type { Participant, Room } from '../../lib/domain/room-state.ts'
import { type FactOf, makeFact } from '../../lib/store/facts/fact.ts'

const key = { pk: '', sk: '' }

export const edit = makeFact('comment', 'edit', key, { edited_at: '', edited_message: '' })

export const misspelled: FactOf<'comment', 'edit'>['values'] = {
  edited_at: '',
  // @ts-expect-error: the attribute is misspelled.
  edited_mesage: '',
}

// @ts-expect-error: the text is missing, so an edited comment would keep the old one.
export const incomplete: FactOf<'comment', 'edit'>['values'] = { edited_at: '' }

export const ofAnotherItem: FactOf<'room', 'name'>['values'] = {
  name_as_of: '',
  name: '',
  // @ts-expect-error: a room has no such attribute, a comment has.
  edited_at: '',
}

export const ofAnotherType: FactOf<'participant', 'muted'>['values'] = {
  muted_as_of: '',
  // @ts-expect-error: the attribute is a number.
  muted: true,
}

// @ts-expect-error: no group of a room has this name.
export const unknownGroup: GroupName<'room'> = 'motto'

/** What is declared is what the domain knows, without another place to change. */
export const known = (room: Room): Known<'room'> => room
export const muted = ({ values }: FactOf<'participant', 'muted'>): Participant['muted'] =>
  values.muted

// @ts-expect-error: no group of a participant has this attribute.
export const undeclared = {} as Participant['starred']
