import assert from 'node:assert/strict'
import { test } from 'node:test'
import { desktop, openPage } from './browser.ts'
import type { Tested } from './tested.ts'

export const testDocs = (tested: Tested): void => {
  test('sends a request with the token of a sample user', async () => {
    const { page, complaints } = await openPage(tested.browser, `${tested.server.url}/docs`)
    await page.getByRole('button', { name: '/chat/personal' }).first().click()
    await page.getByRole('button', { name: 'Execute' }).click()
    const response = page.locator('.live-responses-table .response').first()
    await response.getByText('"total_room"').waitFor()

    assert.match(await response.innerText(), /^200/)
    assert.deepEqual(complaints, [])
    await page.close()
  })

  test('follows a cursor, and leaves the room of the parameter', async () => {
    const { page } = await openPage(tested.browser, `${tested.server.url}/docs`)
    const execute = async (path: string, parameter: string, value: string) => {
      await page.getByRole('button', { name: path }).first().click()
      await page.locator(`tr[data-param-name="${parameter}"] input`).fill(value)
      await page.getByRole('button', { name: 'Execute' }).click()
      const response = page.locator('.live-responses-table .response').first()
      await response.waitFor()
      const text = await response.innerText()
      await page.getByRole('button', { name: path }).first().click()
      return text
    }

    assert.match(await execute('/chat/group', 'cursor', 'abc'), /cursor .*abc.* is not valid/)
    assert.match(await execute('/chat/leave', 'room_id', '5'), /you are in no room 5/)
    await page.close()
  })

  test('is dark if the system is, also when it changes', async () => {
    const { page } = await openPage(tested.browser, `${tested.server.url}/docs`, {
      ...desktop,
      colorScheme: 'dark',
    })
    const brightness = () =>
      page.evaluate<number>(
        'Math.max(...getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/g))',
      )
    await page.getByRole('button', { name: '/chat/all' }).first().waitFor()
    assert.ok((await brightness()) < 50)

    await page.emulateMedia({ colorScheme: 'light' })
    await page.waitForFunction('!document.documentElement.matches(".dark-mode")')
    await page.close()
  })
}
