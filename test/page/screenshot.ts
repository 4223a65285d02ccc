import assert from 'node:assert/strict'
import { stat } from 'node:fs/promises'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { sendEvent } from '../support/server.ts'
import { openPage } from './browser.ts'
import type { Tested } from './tested.ts'

const file = fileURLToPath(new URL('../../docs/images/inbox.png', import.meta.url))
const maxBytes = 160_000
const phone = { viewport: { width: 390, height: 692 }, deviceScaleFactor: 2 }

/** Makes the picture of the README: what the page shows first, and a comment that arrives. */
export const takeScreenshot = (tested: Tested): void => {
  test('the screenshot is taken', async () => {
    const { page } = await openPage(tested.browser, tested.server.url, phone)
    await page.getByText('of 60 rooms sent').waitFor({ timeout: 20_000 })
    await sendEvent(tested.server, 'comment.posted', {
      room_id: 40_001,
      comment_id: 3,
      email: 'maya-0@example.com',
      username: 'Maya',
      message: 'Your seat is by the window',
    })
    await page.getByText('1 request, 1 of 60 rooms sent').waitFor()
    await page.screenshot({ path: file })
    await page.close()

    assert.ok((await stat(file)).size < maxBytes)
  })
}
