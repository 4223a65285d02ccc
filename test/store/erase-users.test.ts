import { ScanCommand, type ScanCommandOutput } from '@aws-sdk/lib-dynamodb'
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { store } from '../../lib/deps.ts'
import { commentKey, participantKey, rowKey, totalKey } from '../../lib/store/keys.ts'
import { countUsers, eraseUsers } from '../../lib/store/erase-users.ts'
import { noteCalls } from '../support/calls.ts'
import {
  at,
  deleted,
  edited,
  joined,
  left,
  posted,
  read,
  renamed,
  roomCreated,
} from '../support/events.ts'
import { failFirst, throttled, withFault } from '../support/faults.ts'
import {
  apply,
  createRoom,
  findRow,
  freshEmail,
  freshId,
  freshRoom,
  leave,
  listAll,
  readItem,
  useTable,
} from '../support/inbox.ts'
import { scanFor } from '../support/scan-for.ts'

useTable()

beforeEach(() => {
  jest.spyOn(store, 'random').mockReturnValue(0)
})
afterEach(() => {
  jest.restoreAllMocks()
})

const quiet = { onRoom: () => undefined, onPage: () => undefined }
const erase = (...emails: string[]) => eraseUsers(store, emails, quiet)

test('a personal room shows the other one what it shows after a leave, and the comment without its text', async () => {
  const { me, other, roomId } = await createRoom('single')
  await apply(posted(roomId, 1, other, at(1)), posted(roomId, 2, me, at(2), 'my secret'))
  const before = await findRow(other, roomId)

  const counts = await erase(me)

  expect(counts.get(me)).toEqual({ rooms: 1, comments: 1, rows: 1, isKnown: true })
  expect(await findRow(other, roomId)).toEqual({
    ...before,
    last_comment_message: '',
    participants: before!.participants!.filter(({ email }) => email === other),
    room_name: '',
  })
  expect(before).toMatchObject({ unread_count: 1 })
  expect(await scanFor([me, 'my secret'])).toEqual([])
})
