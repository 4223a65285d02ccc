import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { parseEvent } from '../../lib/events/parse-event.ts'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const [, firstCall] = /### The first call on AWS\n.*?```sh\n(.*?)\n```/s.exec(readme)!

test('the first call takes ten lines', () => {
  expect(firstCall!.split('\n')).toHaveLength(10)
})

test('the event of the first call is valid, and puts the new user into the room', () => {
  const [, email] = /EMAIL=(\S+)/.exec(firstCall!)!
  const [, source] = /^DETAIL='(.*)'$/m.exec(firstCall!)!
  const detail = JSON.parse(source!.replace(`'"$EMAIL"'`, email!)) as unknown

  expect(parseEvent({ 'detail-type': 'room.created', detail }, Date.now())).toMatchObject({
    participants: [{ email }],
  })
})
