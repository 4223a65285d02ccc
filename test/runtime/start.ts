import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { makeRequest } from './payloads.ts'
import type { Tested } from './tested.ts'

const names = readdirSync(fileURLToPath(new URL('../../functions', import.meta.url))).map((file) =>
  basename(file, '.ts'),
)

export const testStart = (tested: Tested): void => {
  test('every file of functions/ is a function of the templates', () => {
    assert.deepEqual(tested.lambda.functions.map(({ name }) => name).sort(), names.sort())
  })

  for (const name of names) {
    test(`${name} starts`, async () => {
      await (await tested.lambda.start(name)).ready()
    })

    test(`${name} without TABLE_NAME fails to start, and the log names the variable`, async () => {
      const environment = await tested.lambda.start(name, { TABLE_NAME: undefined })
      const message = /^The environment variable TABLE_NAME is missing/
      await assert.rejects(environment.ready(), { type: 'Error', message })
      const [line, ...others] = environment.log()
      assert.deepEqual(others, [])
      assert.match(line!.message, /^Init Error \t\{.*TABLE_NAME is missing/)
    })
  }

  test("without Lambda's credentials, the log names the missing variables", async () => {
    const environment = await tested.lambda.start('list-personal-chats', {
      AWS_ACCESS_KEY_ID: undefined,
      AWS_SECRET_ACCESS_KEY: undefined,
      AWS_SESSION_TOKEN: undefined,
    })
    const { statusCode } = await environment.invoke(makeRequest({}))
    assert.equal(statusCode, 500)
    assert.match(environment.log().at(-1)!.message, /AWS_ACCESS_KEY_ID .* missing/)
  })

  test('a handler with a callback does not start, with the error of Node.js 24 on Lambda', async () => {
    const code = mkdtempSync(join(tested.directory, 'callback-'))
    writeFileSync(
      join(code, 'index.js'),
      'exports.handler = (event, context, callback) => callback(null, 1)',
    )
    const environment = await tested.lambda.startOther({ ...tested.lambda.functions[0]!, code })
    await assert.rejects(environment.ready(), {
      type: 'Runtime.CallbackHandlerDeprecated',
      message: /removed support for callback-based function handlers/,
    })
  })
}
