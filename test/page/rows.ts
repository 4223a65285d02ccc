import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { inboxUser } from '../../commands/local/sample-inbox.ts'
import { sendEvent } from '../support/server.ts'
import {
  checkAccessibility,
  chooseAction,
  findRoom,
  findRow,
  listRooms,
  openPage,
} from './browser.ts'
import type { Tested } from './tested.ts'

/** Rooms of the sample inbox. */
const maya = 40_001
const porto = 40_002
const neighbours = 40_003
const rahmat = 40_004
const lina = 40_005
const design = 40_006
const bookClub = 40_008
const lunch = 40_012
const office = 40_015

export const testRows = (tested: Tested): void => {
  /** The first token makes the sample inbox. */
  const openSample = async () => {
    const opened = await openPage(tested.browser, tested.server.url)
    await opened.page.getByText('of 60 rooms sent').waitFor({ timeout: 20_000 })
    await findRow(opened.page, maya).waitFor()
    return opened
  }
  const focusedRoom = (page: Page) =>
    page.evaluate<number>('+document.activeElement.closest("[data-room]")?.dataset.room')

  test('all chats in one list, pinned ones on top, with their flags and authors', async () => {
    const { page, complaints } = await openSample()

    assert.deepEqual((await listRooms(page)).slice(0, 5), [porto, lina, maya, neighbours, rahmat])
    const texts = [porto, lina, neighbours, rahmat].map((room) =>
      findRoom(page, room).textContent(),
    )
    assert.deepEqual(
      (await Promise.all(texts)).map((text) => text?.replace(/\d+ (min|h)/, '–')),
      [
        'WIWeekend in Porto–Maya: Booked! Four beds, two minutes from the riverpinned1 unread',
        'LSLina Söderberg–You: The keys are with Kofipinned',
        'NNeighboursmuted–Lina: Again 😅3 unread',
        'RHRahmat Hidayat–Can you look at the second draft before we send it to print?marked as unread',
      ],
    )
    await page.getByRole('tab', { name: 'All 7 unread' }).waitFor()
    await page.getByRole('tab', { name: 'Personal 5 unread' }).waitFor()
    await page.getByRole('tab', { name: 'Groups 2 unread' }).waitFor()
    await checkAccessibility(page)
    assert.deepEqual(complaints, [])
    await page.close()
  })

  test('a room that is pinned on top, and in its place when it is not', async () => {
    const { page, complaints } = await openSample()
    await chooseAction(page, design, 'Pin')
    await findRow(page, design).getByText('pinned').waitFor()
    assert.deepEqual((await listRooms(page)).slice(0, 3), [porto, lina, design])
    assert.equal(await focusedRoom(page), design)

    await chooseAction(page, design, 'Unpin')
    await findRow(page, design).getByText('pinned').waitFor({ state: 'detached' })
    assert.equal((await listRooms(page)).indexOf(design), 5)
    assert.deepEqual(complaints, [])
    await page.close()
  })

  test('the sums of the tabs without a room that is muted', async () => {
    const { page, complaints } = await openSample()
    await chooseAction(page, bookClub, 'Mute')
    await findRow(page, bookClub).getByText('muted').waitFor()
    await page.getByRole('tab', { name: 'Groups 1 unread' }).waitFor()

    await chooseAction(page, bookClub, 'Unmute')
    await page.getByRole('tab', { name: 'Groups 2 unread' }).waitFor()
    assert.deepEqual(complaints, [])
    await page.close()
  })

  test('a room as unread, and as read', async () => {
    const { page, complaints } = await openSample()
    await chooseAction(page, design, 'Mark as unread')
    await findRow(page, design).getByText('marked as unread').waitFor({ state: 'attached' })
    await chooseAction(page, design, 'Mark as read')
    await findRow(page, design).getByText('unread').waitFor({ state: 'detached' })

    await chooseAction(page, maya, 'Mark as read')
    await findRow(page, maya).getByText('2 unread').waitFor({ state: 'detached' })
    await page.getByRole('tab', { name: 'Personal 3 unread' }).waitFor()
    assert.deepEqual(complaints, [])
    await page.close()
  })

  test('archived chats in a view of their own, and brings them back', async () => {
    const { page, complaints } = await openSample()
    await chooseAction(page, rahmat, 'Archive')
    await findRow(page, rahmat).waitFor({ state: 'detached' })
    await page.waitForFunction('document.activeElement.closest("[data-room]") !== null')
    assert.equal(await focusedRoom(page), design)

    await page.getByRole('button', { name: 'Archived (4)' }).click()
    await page.getByRole('heading', { name: 'Archived' }).waitFor()
    assert.deepEqual((await listRooms(page)).slice(0, 2), [rahmat, lunch])
    await checkAccessibility(page)
    await page.getByRole('tab', { name: 'Groups' }).click()
    await findRow(page, rahmat).waitFor({ state: 'detached' })
    assert.deepEqual(await listRooms(page), [lunch, office])

    await page.getByRole('tab', { name: 'All' }).click()
    await chooseAction(page, rahmat, 'Unarchive')
    await findRow(page, rahmat).waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Back to chats' }).click()
    await findRow(page, rahmat).waitFor()
    assert.deepEqual(complaints, [])
    await page.close()
  })

  test('an archived chat again after a comment', async () => {
    const { page } = await openSample()
    await sendEvent(tested.server, 'comment.posted', {
      room_id: office,
      comment_id: 9,
      email: 'kofi@example.com',
      message: 'One box is still here',
    })

    await findRow(page, office).getByText('kofi: One box is still here').waitFor()
    await chooseAction(page, office, 'Archive')
    await findRow(page, office).waitFor({ state: 'detached' })
    await page.close()
  })

  test('a menu that works with the keyboard alone', async () => {
    const { page } = await openSample()
    await findRoom(page, design).focus()
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key)
    }
    const focused = () => page.evaluate<string>('document.activeElement.innerText')

    await press('Tab', 'Enter')
    assert.match(await focused(), /Mark as unread/)
    await press('ArrowUp')
    assert.match(await focused(), /Leave/)
    await press('ArrowDown', 'ArrowDown')
    assert.match(await focused(), /Pin/)
    await press('Escape')
    await page.getByRole('menu').waitFor({ state: 'detached' })
    assert.equal(await focusedRoom(page), design)

    await press('Enter', 'End', 'Enter')
    await page.getByRole('dialog').getByRole('button', { name: 'Stay' }).click()
    assert.equal(await focusedRoom(page), design)
    await page.close()
  })

  test('a change of another tab, and one from while the page was in the background', async () => {
    const { page, complaints } = await openSample()
    const other = await page.context().newPage()
    await other.goto(tested.server.url)
    await findRow(other, design).waitFor()
    await chooseAction(other, design, 'Mute')
    await findRow(page, design).getByText('muted').waitFor()

    const setHidden = (isHidden: boolean) =>
      page.evaluate(`
        Object.defineProperty(document, 'hidden', { value: ${isHidden}, configurable: true })
        document.dispatchEvent(new Event('visibilitychange'))`)
    await setHidden(true)
    await chooseAction(other, design, 'Unmute')
    await findRow(other, design).getByText('muted').waitFor({ state: 'detached' })
    await page.waitForTimeout(3000)
    await findRow(page, design).getByText('muted').waitFor()
    await setHidden(false)
    await findRow(page, design).getByText('muted').waitFor({ state: 'detached' })
    assert.deepEqual(complaints, [])
    await page.context().close()
  })

  test('what the last sync took', async () => {
    const { page } = await openSample()
    const synced = page.waitForResponse((response) => response.url().includes('since='))
    await chooseAction(page, design, 'Pin')
    const { data } = (await (await synced).json()) as {
      data: { results: { rooms_info: object[] } }
    }
    const count = data.results.rooms_info.length
    assert.ok(count < 60)

    await page.getByText(`1 request, ${count} of 60 rooms sent`).waitFor()
    await chooseAction(page, design, 'Unpin')
    await findRow(page, design).getByText('pinned').waitFor({ state: 'detached' })
    await page.close()
  })

  test('why a change was refused, and the row as it was', async () => {
    const { page } = await openSample()
    await page.route('**/local/events', (route) =>
      route.fulfill({ status: 400, json: { message: 'detail.email is empty' } }),
    )
    await chooseAction(page, design, 'Pin')
    await page.getByRole('alert').getByText('Pin: detail.email is empty').waitFor()
    assert.equal(await findRow(page, design).getByText('pinned').count(), 0)
    await page.close()
  })

  test('a room that could not be left again, and why', async () => {
    const { page } = await openSample()
    await page.route('**/chat/leave?*', (route) =>
      route.fulfill({
        status: 404,
        json: { error: true, data: { code: 'room_not_found', message: 'not in it', status: 404 } },
      }),
    )
    await chooseAction(page, design, 'Leave')
    await page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click()
    await page.getByRole('alert').getByText('Leave: not in it').waitFor()
    await findRow(page, design).waitFor()
    await page.close()
  })

  test(`the inbox of ${inboxUser} with 60 chats, down to the oldest`, async () => {
    const { page, complaints } = await openSample()
    await page.evaluate(`(() => {
      const list = document.querySelector('.list')
      list.scrollTo(0, list.scrollHeight)
    })()`)
    await findRow(page, 40_060).waitFor()
    assert.equal(await page.getByLabel('Signed in as').inputValue(), inboxUser)
    assert.deepEqual(complaints, [])
    await page.close()
  })
}
