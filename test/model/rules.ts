import type { LogKind } from './log.ts'

/** A rule of the protocol that a run can do without, to see what it is for. */
export interface Rule {
  /** The kind of log that shows it. */
  on: LogKind
  /** What is done instead. */
  instead: string
  /** Where it takes many runs to see it. */
  runs?: number
}

export const rules = {
  'facts: the newest wins': {
    on: 'any',
    instead: 'the fact that arrives last wins',
  },
  'project: the revision is raised before the facts are read': {
    on: 'any',
    instead: 'the facts are read, then the revision is raised',
  },
  'project: rows bear the number that the raise returned': {
    on: 'any',
    instead: 'the room is read again after the facts, and rows bear the number read',
  },
  'project: the facts are read consistently': {
    on: 'any',
    instead: 'a read may miss the last write of an item, for a while',
  },
  'project: a newer row is not replaced': {
    on: 'any',
    instead: 'the row that is written last stays',
  },
  'project: a row and its total change together': {
    on: 'any',
    instead: 'the row is written, then the total',
  },
  'repeat: known facts are projected again': {
    on: 'any',
    instead: 'an event of which all is known already is done',
  },
  'repeat: rows are compared with their revision': {
    on: 'reads',
    instead: 'rows of an older revision that say the same are taken for current',
    runs: 100_000,
  },
  'news: a value that changes raises the revision': {
    on: 'any',
    instead: 'the rows are compared with the facts, but not with the revision',
  },
  'read: what was posted later is not covered': {
    on: 'wrong reads',
    instead: 'a read covers all comments up to its id',
  },
  'read: the newest one is kept too': {
    on: 'wrong reads',
    instead: 'only the read with the greatest id is kept',
  },
  'join: the first one since the last leave is kept': {
    on: 'many joins',
    instead: 'only the newest join is kept',
  },
  'join: a full set makes room': {
    on: 'many joins',
    instead: 'a full set takes no join',
  },
  'join: a set that is replaced is the one that was read': {
    on: 'many joins',
    instead: 'the set is replaced, whatever it is by then',
  },
  'join: a comment of the same moment is unread': {
    on: 'many joins',
    instead: 'it counts as read',
  },
  'hide: a row that is not listed takes the revision': {
    on: 'a third person',
    instead: 'the row of somebody who has to wait is written only if it is listed',
  },
  'leave: a row that was left says when': {
    on: 'comings and goings',
    instead: 'the row of a room that was left is removed',
  },
  'leave: left_at is later than joined_at': {
    on: 'comings and goings',
    instead: 'left_at is what the clock says',
  },
  'leave: the stay is still the one that was read': {
    on: 'comings and goings',
    instead: 'joined_at is not compared',
  },
  "leave: the other one's row comes from the facts": {
    on: 'comings and goings',
    instead: 'the leaver is taken out of the row that is there',
  },
  "leave: the other one's row is written even if it is not there yet": {
    on: 'creation',
    instead: 'only a row that is listed is written',
  },
  'leave: the room still has the revision that was read': {
    on: 'comings and goings',
    instead: 'the revision is set to the next one, whatever it is by then',
  },
  'leave: the revision is checked afterwards': {
    on: 'comings and goings',
    instead: 'nothing is done after the transaction',
  },
  'leave: a room not created yet is left as a personal one': {
    on: 'creation',
    instead: 'it is left as a group is: the room is not compared, raised or checked',
  },
  'profile: a join takes the profile that is known': {
    on: 'profiles',
    instead: 'it keeps what its own event says',
  },
  'profile: the stub is written before the profile is read': {
    on: 'profiles',
    instead: 'the profile is read, then the stub is written',
  },
  'profile: it is written before the rooms are listed': {
    on: 'profiles',
    instead: 'the rooms are listed, then it is written',
  },
  'profile: a join that is not the first looks for its row': {
    on: 'profiles',
    instead: 'only the first join writes a stub',
  },
  'profile: rows are compared where it is the same': {
    on: 'profiles again',
    instead: 'a room that has the same profile is left as it is',
  },
  'profile: a room keeps an older time only if all had the value': {
    on: 'profiles again',
    instead: 'each room that has the same profile keeps its time',
  },
  'profile: another value is copied into every room': {
    on: 'profiles again',
    instead: 'rooms that had an older profile are only read',
  },
  'profile: a room is noted once it is done': {
    on: 'profiles',
    instead: 'the room is noted, then worked on',
  },
  'profile: a newer one begins with the first room': {
    on: 'profiles',
    instead: 'it goes on where the older one was',
  },
  'profile: only its own progress is noted': {
    on: 'profiles',
    instead: 'an older profile notes its progress as well',
  },
  'large: the message is sent after the facts': {
    on: 'large any',
    instead: 'the revision is raised and the message sent, then the facts are recorded',
  },
  'large: the message has the number of the raise': {
    on: 'large any',
    instead: 'it has the number from before the raise',
  },
  'large: a repeat requests again': {
    on: 'large any',
    instead: 'an event of which all is known already is done',
  },
  'large: a repeat requests even if all is projected': {
    on: 'large any',
    instead: 'a repeat is done if the room is projected as far as it was raised',
  },
  'large: a repeat raises the revision': {
    on: 'large any',
    instead: 'the message of a repeat has the number that is there',
  },
  'large: the number is read before the facts': {
    on: 'large any',
    instead: 'the facts are read, then the number',
  },
  'large: the number is noted after the rows': {
    on: 'large any',
    instead: 'it is noted, then the rows are written',
  },
  'large: the number of the rows is noted': {
    on: 'large any',
    instead: 'the number that the room has by then is noted',
  },
  'large: a room is skipped by its number': {
    on: 'large any',
    instead: 'a room whose rows show the facts is skipped as well',
    runs: 100_000,
  },
} as const satisfies Record<string, Rule>

/** What other rules see to already: without one of these alone, nothing goes wrong. */
export const secondLocks = {
  'news: rows are compared after a newer time': {
    on: 'snapshots',
    instead: 'an event that changes only times is done',
  },
  'leave: a room not created yet still is not': {
    on: 'creation',
    instead: 'the type is not compared',
  },
  'large: the greatest number stays': {
    on: 'large any',
    instead: 'the number that is noted last stays',
  },
} as const satisfies Record<string, Rule>

export type RuleName = keyof typeof rules | keyof typeof secondLocks
