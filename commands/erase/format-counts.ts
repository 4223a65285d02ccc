import type { UserCounts } from '../../lib/store/maintenance/erase-users.ts'

/** Formats what was erased of a user, or what would be, as one line. */
export const formatCounts = (
  address: string,
  { rooms, comments, rows, isKnown }: UserCounts,
  dryRun: boolean,
): string =>
  isKnown
    ? `${address}: ${dryRun ? 'would erase' : 'erased'} rooms ${rooms}, comments ${comments}, rows ${rows}`
    : `${address}: nobody has this address`
