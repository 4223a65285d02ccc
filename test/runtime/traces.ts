import assert from 'node:assert/strict'
import { test } from 'node:test'
import { personalData as personalOfApi } from '../support/api-expectations.ts'
import { personal as personalOfDeadTable } from './dead-table.ts'
import { secretAccessKey, sessionToken } from './lambda.ts'
import { type LogEvent, parseMessage } from './log.ts'
import { bearerToken } from './payloads.ts'
import { personal as personalOfQueue } from './queue.ts'
import { personal as personalOfStream } from './stream.ts'
import type { Tested } from './tested.ts'

const unspoken = [
  ...[secretAccessKey, sessionToken, bearerToken],
  ...[...personalOfApi, ...personalOfDeadTable, ...personalOfQueue, ...personalOfStream],
]

/** The client's own lines about a function that failed. */
const isOfClient = ({ message }: LogEvent): boolean => /^(Init|Invoke) Error \t\{/.test(message)

/** Tests the logs and the output of all other tests, so these must run last. */
export const testTraces = (tested: Tested): void => {
  const logOf = () => tested.lambda.started.flatMap(({ log }) => log())

  test('each log event of a function is one line of JSON, with its level and the request id', () => {
    const events = logOf().filter((event) => !isOfClient(event))
    assert.ok(events.length > 0)
    for (const event of events) {
      const { level, requestId } = parseMessage(event)
      assert.equal(level, event.level)
      assert.match(event.requestId, /^[\da-f-]{36}$/)
      assert.ok(requestId)
    }
  })

  test('no log has an address, a name, a text, a token or a secret', () => {
    const log = JSON.stringify(logOf())
    for (const { output } of tested.lambda.started)
      for (const text of unspoken) {
        assert.ok(!log.includes(text), `the log has ${text}`)
        assert.ok(!output().includes(text), `the output has ${text}`)
      }
  })

  test('functions that started print nothing but their log', () => {
    for (const {
      log,
      output,
      function: { name },
    } of tested.lambda.started)
      if (!log().some(({ message }) => message.startsWith('Init Error')))
        assert.equal(output(), '', name)
  })

  test('no function imports a package that its bundle does not have', () => {
    for (const {
      imports,
      function: { name },
    } of tested.lambda.started)
      assert.deepEqual(imports(), [], name)
  })
}
