import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { setFunctionEnvironment } from '../../commands/environment.ts'
import {
  checkFitsWidth,
  findRow,
  listRooms,
  openPage,
  signIn,
  smallPhone,
  submitEvent,
} from './browser.ts'
import { sendEvent, startServer } from '../support/server.ts'
import type { Tested } from './tested.ts'

const johnDoe = 31387
const emoji = '👩‍👩‍👧‍👦'

export const testStates = (tested: Tested): void => {
  test('an expired token, and a new one on request', async () => {
    const { page } = await openPage(tested.browser, 'about:blank')
    await page.route('**/local/token', (route) =>
      route.continue({
        postData: JSON.stringify({ ...route.request().postDataJSON(), expired: true }),
      }),
    )
    await page.goto(tested.server.url)
    await page.getByText('The token has expired').waitFor()

    await page.unroute('**/local/token')
    await page.getByRole('button', { name: 'Get a new token' }).click()
    await findRow(page, johnDoe).waitFor()
    await page.getByText('The token has expired').waitFor({ state: 'detached' })
    await page.close()
  })

  test('the list as it was while the server is gone, and goes on when it is back', async () => {
    const first = await startServer()
    const { page } = await openPage(tested.browser, first.url)
    await findRow(page, johnDoe).waitFor()
    await first.stop()
    await page.getByText('The server does not answer').waitFor()
    assert.ok((await listRooms(page)).includes(johnDoe))

    const second = await startServer(Number(new URL(first.url).port))
    // The new server does not know the keys of the old one.
    await page.getByRole('button', { name: 'Get a new token' }).click({ timeout: 15_000 })
    await sendEvent(second, 'room.updated', { room_id: 32896, room_name: 'After the restart' })
    await page.getByRole('tab', { name: 'Groups' }).click()
    await findRow(page, 32896).getByText('After the restart').waitFor()
    await page.close()
    await second.stop()
  })

  test('that it loads, on a slow network', async () => {
    const { page } = await openPage(tested.browser, 'about:blank')
    await page.route('**/chat/**', async (route) => {
      await setTimeout(700)
      await route.continue()
    })
    await page.goto(tested.server.url)

    await page.getByText('Loading chats…').waitFor({ state: 'attached' })
    await findRow(page, johnDoe).waitFor()
    assert.equal(await page.getByText('Loading chats…').count(), 0)
    await page.close()
  })

  test('an inbox without chats, and its first one', async () => {
    const { page, complaints } = await openPage(tested.browser, tested.server.url)
    await signIn(page, 'nobody@example.com')
    await page.getByText('No chats yet').waitFor()

    await submitEvent(page)
    await page.getByText('room.created was applied.').waitFor()
    await page.getByRole('tab', { name: 'Groups' }).click()
    await page.locator('.row').getByText('A new group').waitFor()
    assert.equal((await listRooms(page)).length, 1)
    assert.deepEqual(complaints, [])
    await page.close()
  })

  test('an empty comment and a name without letters as they are', async () => {
    const room_id = Date.now()
    const viewer = { id: 1, email: 'reader@example.com', username: 'Reader', avatar_url: '' }
    const nameless = { id: 2, email: 'nameless@example.com', username: '', avatar_url: '' }
    await sendEvent(tested.server, 'room.created', {
      room_id,
      room_type: 'single',
      room_name: '',
      room_avatar_url: '',
      participants: [viewer, nameless],
    })
    await sendEvent(tested.server, 'comment.posted', {
      room_id,
      comment_id: 1,
      email: nameless.email,
      message: '',
    })
    const { page } = await openPage(tested.browser, tested.server.url)
    await signIn(page, viewer.email)
    await findRow(page, room_id).waitFor()

    assert.equal(
      await findRow(page, room_id).locator('.name').textContent(),
      'Somebody without a name',
    )
    assert.equal(await findRow(page, room_id).locator('.preview').textContent(), '')
    await page.close()
  })

  test('HTML and long names as text, in the width of the screen', async () => {
    const room_id = Date.now()
    const viewer = { id: 1, email: 'viewer@example.com', username: 'Viewer', avatar_url: '' }
    const other = { ...viewer, id: 2, email: 'other@example.com' }
    const html = '<img src="https://example.com/x.png" onerror="document.title=1"><b>bold</b>'
    await sendEvent(tested.server, 'room.created', {
      room_id,
      room_type: 'single',
      room_name: '',
      room_avatar_url: '',
      participants: [
        viewer,
        // 256 characters, as the API counts them.
        {
          ...other,
          username: emoji.repeat(30).slice(0, 253) + '<i>',
          avatar_url: 'https://example.com/a.png',
        },
      ],
    })
    await sendEvent(tested.server, 'comment.posted', {
      room_id,
      comment_id: 1,
      email: other.email,
      message: html,
    })
    const { page, complaints } = await openPage(tested.browser, tested.server.url, smallPhone)
    await signIn(page, viewer.email)
    await findRow(page, room_id).waitFor()

    assert.equal(await findRow(page, room_id).locator('.preview').textContent(), html)
    assert.equal(await findRow(page, room_id).locator('.avatar').textContent(), emoji)
    assert.equal(await findRow(page, room_id).locator('img, b, i').count(), 0)
    await checkFitsWidth(page)
    await findRow(page, room_id).click()
    await page.getByRole('button', { name: 'Leave' }).click()
    await page.getByRole('dialog').waitFor()
    await checkFitsWidth(page)
    assert.equal(await page.title(), 'Chat inbox')
    assert.deepEqual(complaints, [])
    await page.close()
  })

  test('5,000 rooms, without a freeze', async () => {
    const user = 'busy@example.com'
    setFunctionEnvironment(tested.server.table)
    // Imported here because it reads the environment when it is loaded.
    const { seedRooms } = await import('../support/seed.ts')
    const rooms = Array.from({ length: 5000 }, (_, index) => ({
      room_id: 1_000_000 + index,
      type: 'group' as const,
      participants: [user, 'other@example.com'],
    }))
    await seedRooms(rooms, user)
    const { page, complaints } = await openPage(tested.browser, tested.server.url)
    await page.evaluate(`
      longest = 0
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) longest = Math.max(longest, duration)
      }).observe({ type: 'longtask' })`)
    await signIn(page, user)
    await page.getByRole('tab', { name: 'Groups' }).click()
    await findRow(page, 1_004_999).waitFor()

    await page.evaluate(`(async () => {
      const list = document.querySelector('.list')
      while (document.querySelector('.end').textContent !== '') {
        list.scrollTo(0, list.scrollHeight)
        await new Promise(requestAnimationFrame)
      }
      list.scrollTo(0, list.scrollHeight)
    })()`)
    await findRow(page, 1_000_000).waitFor()

    assert.equal(await findRow(page, 1_000_000).getAttribute('aria-posinset'), '5000')
    assert.ok((await listRooms(page)).length < 100)
    const longest = await page.evaluate<number>('longest')
    assert.ok(longest < 500, `a task took ${longest} ms`)
    assert.deepEqual(complaints, [])
    await page.close()
  })
}
