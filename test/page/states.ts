import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { setFunctionEnvironment } from '../../commands/environment.ts'
import {
  arizal,
  checkFitsWidth,
  chooseAction,
  findRoom,
  findRow,
  listRooms,
  openInboxOf,
  openPage,
  signIn,
  smallPhone,
  submitEvent,
} from './browser.ts'
import { sendEvent, startServer } from '../support/server.ts'
import type { Tested } from './tested.ts'

/** Rooms of the sample chats. */
const johnDoe = 31387
const budi = 31351
const emoji = '👩‍👩‍👧‍👦'

export const testStates = (tested: Tested): void => {
  test('a token that is refused twice, and the list after a new one on request', async () => {
    const { page } = await openPage(tested.browser, 'about:blank')
    await page.route('**/local/token', (route) =>
      route.continue({
        postData: JSON.stringify({ ...route.request().postDataJSON(), expired: true }),
      }),
    )
    await page.goto(tested.server.url)
    await page.getByText('The server refuses the token').waitFor()

    await page.unroute('**/local/token')
    await page.getByRole('button', { name: 'Get a new token' }).click()
    await page.locator('.row').first().waitFor()
    await page.getByText('The server refuses the token').waitFor({ state: 'detached' })
    await page.close()
  })

  test('the last list while the server is gone, and goes on by itself when it is back', async () => {
    const first = await startServer()
    const { page } = await openInboxOf(tested.browser, first.url, arizal)
    await findRow(page, johnDoe).waitFor()
    await first.stop()
    await page.getByText('The server does not respond. This is the last list.').waitFor()
    assert.ok((await listRooms(page)).includes(johnDoe))

    // The new server knows neither the keys nor the table of the old one.
    const second = await startServer(Number(new URL(first.url).port))
    await sendEvent(second, 'room.updated', { room_id: 32896, room_name: 'After the restart' })
    await findRow(page, 32896).getByText('After the restart').waitFor({ timeout: 40_000 })
    await page.getByText('The server does not respond').waitFor({ state: 'detached' })
    await page.close()
    await second.stop()
  })

  test('the last list after a start without the API', async () => {
    const { page } = await openInboxOf(tested.browser, tested.server.url, arizal)
    await findRow(page, johnDoe).waitFor()
    await page.route(/\/(chat|local)\//, (route) => route.abort())

    await page.reload()

    await page.getByText('The server does not respond. This is the last list.').waitFor()
    assert.ok((await listRooms(page)).includes(johnDoe))
    await page.close()
  })

  test('what to do if the server was never there', async () => {
    const { page } = await openPage(tested.browser, 'about:blank')
    await page.route(/\/(chat|local)\//, (route) => route.abort())
    await page.goto(tested.server.url)
    await page.getByText('Start it, and reload the page').waitFor()
    await page.close()
  })

  test('nothing of the user before, whose copy is gone from the browser', async () => {
    const { page, complaints } = await openInboxOf(tested.browser, tested.server.url, arizal)
    await findRow(page, johnDoe).waitFor()
    await signIn(page, 'john.doe@example.com')
    await findRow(page, budi).waitFor({ state: 'detached' })
    await findRow(page, johnDoe).getByText('Arizal').waitFor()

    const keys = await page.evaluate<string[]>('Object.keys(localStorage)')
    assert.deepEqual(keys, ['chat-inbox:john.doe@example.com'])
    await page.getByLabel('Signed in as').selectOption(arizal)
    await findRow(page, budi).waitFor()
    assert.deepEqual(complaints, [])
    await page.close()
  })

  test('the list of the user, also if the browser has the copy of somebody else', async () => {
    const { page, complaints } = await openInboxOf(tested.browser, tested.server.url, arizal)
    const [response] = await Promise.all([
      page.waitForResponse((received) => received.status() === 410),
      (async () => {
        await findRow(page, budi).waitFor()
        await page.getByText('rooms sent').waitFor()
        await page.evaluate(
          `localStorage['chat-inbox:john.doe@example.com'] = localStorage['chat-inbox:${arizal}']`,
        )
        await signIn(page, 'john.doe@example.com')
      })(),
    ])
    await findRow(page, budi).waitFor({ state: 'detached' })
    await findRow(page, johnDoe).getByText('Arizal').waitFor()

    assert.match(await response.text(), /sync_expired/)
    assert.equal(complaints.filter((text) => !text.includes('410')).length, 0)
    await page.close()
  })

  test('that it loads, on a slow network', async () => {
    const { page } = await openPage(tested.browser, 'about:blank')
    await page.route('**/chat/**', async (route) => {
      await setTimeout(700)
      await route.continue()
    })
    await page.goto(tested.server.url)

    await page.getByText('Loading chats…').waitFor({ state: 'attached' })
    await page.locator('.row[data-room]').first().waitFor()
    assert.equal(await page.getByText('Loading chats…').count(), 0)
    await page.close()
  })

  test('an inbox without chats, and its first one', async () => {
    const { page, complaints } = await openPage(tested.browser, tested.server.url)
    await signIn(page, 'nobody@example.com')
    await page.getByText('No chats yet').waitFor()

    await submitEvent(page)
    await page.getByText('room.created was applied.').waitFor()
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
    await findRoom(page, room_id).click()
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
    // The oldest room with its facts, so that it can be changed.
    await seedRooms(rooms.slice(0, 1))
    await seedRooms(rooms, user)
    const { page, complaints } = await openPage(tested.browser, tested.server.url)
    const watchTasks = `
      longest = 0
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) longest = Math.max(longest, duration)
      }).observe({ type: 'longtask' })`
    await page.addInitScript(watchTasks)
    await page.evaluate(watchTasks)
    const checkTasks = async (what: string) => {
      const longest = await page.evaluate<number>('longest')
      assert.ok(longest < 500, `a task of ${what} took ${longest} ms`)
    }
    const startedAt = Date.now()
    await signIn(page, user)
    await findRow(page, 1_004_999).waitFor({ timeout: 60_000 })
    await page.getByText('of 5000 rooms sent').waitFor()
    console.log(`5,000 rooms are loaded after ${Date.now() - startedAt} ms`)

    // As fast as a browser draws.
    await page.evaluate(`(async () => {
      const list = document.querySelector('.list')
      for (let top = 0; top < list.scrollHeight; top += 3000) {
        list.scrollTo(0, top)
        await new Promise(requestAnimationFrame)
      }
      list.scrollTo(0, list.scrollHeight)
    })()`)
    await findRow(page, 1_000_000).waitFor()
    assert.equal(await findRow(page, 1_000_000).getAttribute('aria-posinset'), '5000')
    assert.ok((await listRooms(page)).length < 100)

    await chooseAction(page, 1_000_000, 'Pin')
    await page.getByText(/^Last sync1 request, \d+ of 5000 rooms sent$/).waitFor()
    await page.evaluate('document.querySelector(".list").scrollTo(0, 0)')
    await findRow(page, 1_000_000).getByText('pinned').waitFor()
    assert.equal((await listRooms(page))[0], 1_000_000)
    await checkTasks('loading, scrolling and syncing')

    await page.reload()
    await findRow(page, 1_000_000).getByText('pinned').waitFor()
    await page.getByText(/^Last sync1 request/).waitFor()
    await checkTasks('showing the stored list')
    assert.deepEqual(complaints, [])
    await page.close()
  })
}
