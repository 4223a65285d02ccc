import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { store } from '../../lib/deps.ts'
import type { InboxRow, RowAdditions } from '../../lib/domain/project-row.ts'
import { totalKey } from '../../lib/store/keys.ts'
import { toStored, withoutStamp } from '../../lib/store/rows/stored-row.ts'
import type { NewRow } from '../../lib/store/rows/write-row.ts'
import { at } from './events.ts'
import { freshEmail, freshId, readItem } from './inbox.ts'

/** Of a room without comments, for somebody who has set no flag. */
const noAdditions: RowAdditions = {
  last_comment_email: '',
  last_comment_username: '',
  last_comment_read_id: 0,
  muted: false,
  pinned: false,
  archived: false,
  marked_unread: false,
}

/** The row of a group, of revision 7, for somebody who joined at second 5. */
export const makeGroupRow = (): NewRow => {
  const viewer = freshEmail()
  const shown: InboxRow = {
    room_id: freshId(),
    room_type: 'group',
    room_name: 'group',
    room_avatar_url: '',
    unread_count: 0,
    last_comment_id: 0,
    last_comment_message: '',
    last_comment_timestamp: at(5),
    additions: noAdditions,
  }
  return { viewer, row: toStored(viewer, shown, 7), joinedAt: at(5) }
}

export const keyOf = ({ row: { pk, sk } }: NewRow) => ({ pk, sk })
/** Reads a row as it is stored, without the time of its write. */
export const readRow = async (row: NewRow) => withoutStamp(await readItem(keyOf(row)))
export const readTotal = ({ viewer }: NewRow) => readItem(totalKey(viewer, 'group'))

export const put = (item: Record<string, unknown>) =>
  store.client.send(new PutCommand({ TableName: store.tableName, Item: item }))
