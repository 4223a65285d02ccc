import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { handler as leaveChat } from '../../functions/leave-chat.ts'
import { handler as listGroupChats } from '../../functions/list-group-chats.ts'
import { handler as listPersonalChats } from '../../functions/list-personal-chats.ts'
import { loadSampleChats } from '../../commands/local/sample-chats.ts'
import { call } from '../support/api-call.ts'
import { useTable } from '../support/inbox.ts'

useTable()

const golden = (name: string): string =>
  JSON.stringify(
    JSON.parse(readFileSync(new URL(`../../docs/examples/${name}.json`, import.meta.url), 'utf8')),
  )

describe('with the sample chats', () => {
  beforeAll(() => loadSampleChats())

  test('GET /chat/personal returns exactly the example of the contract', async () => {
    const { status, text } = await call(listPersonalChats, { query: 'limit=5' })

    expect(status).toBe(200)
    expect(text).toBe(golden('personal'))
  })

  test('GET /chat/group returns exactly the example of the contract', async () => {
    const { status, text } = await call(listGroupChats, { query: 'limit=2' })

    expect(status).toBe(200)
    expect(text).toBe(golden('group'))
  })

  test('GET /chat/personal shows the other participant the name of the first', async () => {
    const { body } = await call(listPersonalChats, { email: 'john.doe@example.com' })

    const [room] = body.data.results.rooms_info
    expect(room).toMatchObject({ room_id: 31387, room_name: 'Arizal', unread_count: 0 })
  })

  test('POST /chat/leave returns exactly the example and removes the room from the list', async () => {
    const response = await call(leaveChat, { method: 'POST', query: 'room_id=32896' })
    const { body } = await call(listGroupChats, { query: 'limit=2' })

    expect(response.status).toBe(200)
    expect(response.text).toBe(golden('leave'))
    const { meta, rooms_info } = body.data.results
    expect(meta.total_room).toBe(6)
    expect(rooms_info.map(({ room_id }: { room_id: number }) => room_id)).toEqual([32898, 32890])
  })
})
