import { at, edited } from './events.ts'
import { apply, freshId } from './inbox.ts'

/**
 * Expects something of what is stored, and the same again after the next event of some rooms. Facts that a race
 * left wrong show only when the rows of their room are derived from them once more.
 * @param roomIds their next event projects the rows of everybody, and changes nothing that a row shows
 */
export const expectAlsoAfterNextEvent = async (
  roomIds: number[],
  expectation: () => Promise<void>,
): Promise<void> => {
  await expectation()
  // No such comment was posted.
  const unknown = 1_000_000_000 + freshId()
  await apply(...roomIds.map((roomId) => edited(roomId, unknown, 'new text', at(99_999))))
  await expectation()
}
