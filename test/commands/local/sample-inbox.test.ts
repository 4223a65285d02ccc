import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { inboxUser, makeSampleInbox } from '../../../commands/local/sample-inbox.ts'
import { isRoomEvent } from '../../../lib/domain/events.ts'
import { parseEvent } from '../../../lib/events/parse-event.ts'

const now = Date.parse('2026-03-15T12:00:00Z')
const lines = makeSampleInbox(now)
const events = lines.map((line) => parseEvent(JSON.parse(line), now))

test('the sample inbox has 60 rooms, each with its user and a comment', () => {
  const rooms = Map.groupBy(events.filter(isRoomEvent), ({ room_id }) => room_id)

  expect(rooms.size).toBe(60)
  for (const [created, posted] of rooms.values()) {
    expect(created).toMatchObject({
      type: 'room.created',
      participants: expect.arrayContaining([expect.objectContaining({ email: inboxUser })]),
    })
    expect(posted).toMatchObject({ type: 'comment.posted', username: expect.stringMatching(/./) })
  }
})

test('its events lie before the start, and are the same for the same start', () => {
  expect(events.filter(({ occurred_at }) => Date.parse(occurred_at) > now)).toEqual([])
  expect(makeSampleInbox(now)).toEqual(lines)
})

test('it has no room of the sample chats, whose lists stay as the documents show them', () => {
  const file = new URL('../../../commands/local/sample-chats.jsonl', import.meta.url)
  const documented = readFileSync(file, 'utf8')

  for (const [, roomId] of lines.join('\n').matchAll(/"room_id":(\d+)/g))
    expect(documented).not.toContain(roomId)
  expect(documented).not.toContain(inboxUser)
  expect(lines.join('\n')).not.toContain('arizal@')
})
