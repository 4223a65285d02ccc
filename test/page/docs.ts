import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openPage } from './browser.ts'
import type { Tested } from './tested.ts'

export const testDocs = (tested: Tested): void => {
  test('sends a request with the token of a sample user', async () => {
    const { page, complaints } = await openPage(tested.browser, `${tested.server.url}/docs`)
    await page.getByRole('button', { name: '/chat/personal' }).first().click()
    await page.getByRole('button', { name: 'Execute' }).click()
    const answer = page.locator('.live-responses-table .response').first()
    await answer.getByText('"total_room"').waitFor()

    assert.match(await answer.innerText(), /^200/)
    assert.deepEqual(complaints, [])
    await page.close()
  })
}
