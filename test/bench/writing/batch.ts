import type { SQSRecord } from 'aws-lambda'
import { CannotRun } from '../../../commands/command.ts'
import { store } from '../../../lib/deps.ts'
import { formatKey, rowKey } from '../../../lib/store/keys.ts'
import { readItems } from '../../../lib/store/read-items.ts'

/** What the queue delivers at once: at most 100 messages, as in infra/events-stack.ts. */
export interface Batch {
  messages: SQSRecord[]
  /** Some of the rows once the batch is applied. */
  expected: ExpectedRow[]
}

interface ExpectedRow {
  roomId: number
  email: string
  unread: number
}

/** Makes the next batch of a series, and writes the rooms that it needs. */
export type NextBatch = () => Promise<Batch>

/** Checks the rows after a batch, so that no figure stands for work that was not done. */
export const expectRows = async (contestant: string, { expected }: Batch): Promise<void> => {
  const keys = expected.map(({ email, roomId }) => rowKey(email, roomId))
  const rows = await readItems(store, keys)
  for (const [index, { unread }] of expected.entries()) {
    const count = rows[index]?.['unread_count']
    if (count !== unread)
      throw new CannotRun(
        `${contestant} leaves ${formatKey(keys[index]!)} with ${String(count)} unread comments instead of ${unread}`,
      )
  }
}
