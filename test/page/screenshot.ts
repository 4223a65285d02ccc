import assert from 'node:assert/strict'
import { stat } from 'node:fs/promises'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openPage } from './browser.ts'
import type { Tested } from './tested.ts'

const file = fileURLToPath(new URL('../../docs/images/inbox.png', import.meta.url))
const maxBytes = 150_000
const phone = { viewport: { width: 390, height: 720 }, deviceScaleFactor: 2 }

/** Makes the picture of the README: what the page shows first. */
export const takeScreenshot = (tested: Tested): void => {
  test('the screenshot is taken', async () => {
    const { page } = await openPage(tested.browser, tested.server.url, phone)
    await page.getByText('of 60 rooms sent').waitFor({ timeout: 20_000 })
    await page.screenshot({ path: file })
    await page.close()

    assert.ok((await stat(file)).size < maxBytes)
  })
}
