import type { InboxRow, RowParticipant } from '../../lib/domain/project-row.ts'

/** @returns whom the row of a personal room shows, and nobody for a group */
export const membersOf = (row: InboxRow | undefined): RowParticipant[] =>
  row?.room_type === 'single' ? row.participants : []
