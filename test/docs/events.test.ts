import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { findEventExample } from '../../commands/contract/event-examples.ts'
import {
  publishedSchemas,
  sentSchemas,
  severalSchemas,
} from '../../commands/contract/event-schemas.ts'
import { store } from '../../lib/deps.ts'
import { type EventType, eventSchemas } from '../../lib/events/schemas.ts'
import { parseEntry, parseEvent } from '../../lib/events/parse-event.ts'
import { leaveRoom } from '../../lib/store/leave-room.ts'
import { joined } from '../support/events.ts'
import { apply, createRoom, listedRoomIds, useTable } from '../support/inbox.ts'

useTable()

const text = readFileSync(new URL('../../docs/events.md', import.meta.url), 'utf8')
const [, sections] = /## Events\n(.*?)\n## /s.exec(text)!
const examples = sections!
  .split('### ')
  .slice(1)
  .map((section) => ({
    type: section.slice(0, section.indexOf('\n')),
    entry: JSON.parse(/```json\n(.*?)```/s.exec(section)![1]!) as unknown,
  }))

test('every event has an example', () => {
  expect(examples.map(({ type }) => type)).toEqual(Object.keys(eventSchemas))
})

test.each(examples)('the example of $type is accepted', ({ type, entry }) => {
  expect(parseEvent(entry, Date.now())).toMatchObject({ type })
})

test('the example of several events is accepted, and valid by its JSON Schema', () => {
  const [, example] = /### Several events in one entry\n.*?```json\n(.*?)```/s.exec(text)!
  const entry = JSON.parse(example!) as { detail: unknown }

  const types = parseEntry(entry, Date.now()).map(({ event }) => 'type' in event && event.type)
  const isValid = new Ajv2020({ validateFormats: false }).compile(severalSchemas.events)
  isValid(entry.detail)

  expect(types).toEqual(['comment.posted', 'comment.read'])
  expect(isValid.errors).toBeNull()
})

const ajv = new Ajv2020({ validateFormats: false })

test.each(examples)('the example of $type is valid by its JSON Schema', ({ type, entry }) => {
  const isValid = ajv.compile(sentSchemas[type as EventType])
  isValid((entry as { detail: unknown }).detail)

  expect(isValid.errors).toBeNull()
})

test.each(Object.entries(publishedSchemas))(
  'the example of the published %s is valid by its JSON Schema',
  (type, schema) => {
    const isValid = ajv.compile(schema)
    isValid(findEventExample(type, 'chat-inbox').detail)

    expect(isValid.errors).toBeNull()
  },
)

test('in the example of clocks, only the later join brings Ann back', async () => {
  const [, example] = /## Clocks\n(.*?)\n## /s.exec(text)!
  const times = [...example!.matchAll(/`(\d{4}-.*?Z)`/g)].map(([, time]) => time!)
  const [leftAt, early, late] = times as [string, string, string]
  const { me, roomId } = await createRoom('group')

  await leaveRoom({ ...store, now: () => Date.parse(leftAt) }, { caller: me, roomId })
  await apply(joined(roomId, me, early))
  const afterEarly = await listedRoomIds(me, 'group')
  await apply(joined(roomId, me, late))

  expect(times).toHaveLength(3)
  expect(afterEarly).toEqual([])
  expect(await listedRoomIds(me, 'group')).toEqual([roomId])
})

test('the event of the sample command is valid', () => {
  const [, entries] = /--entries '(\[.*?\])'/s.exec(text)!
  const [entry] = JSON.parse(entries!) as [{ DetailType: string; Detail: string }]

  expect(
    parseEvent({ 'detail-type': entry.DetailType, detail: JSON.parse(entry.Detail) }, Date.now()),
  ).toMatchObject({ room_id: 31387 })
})
