import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { sendEvent } from '../support/server.ts'
import {
  checkAccessibility,
  checkFitsWidth,
  chooseAction,
  desktop,
  findRow,
  openInboxOf,
  smallPhone,
} from './browser.ts'
import type { Tested } from './tested.ts'

let lastRoomId = 500_000

export const testPublished = (tested: Tested): void => {
  /** Creates a group of two people whom no other test has. */
  const createGroup = async () => {
    const roomId = (lastRoomId += 1)
    const [me, other] = [`me-${roomId}@example.com`, `other-${roomId}@example.com`]
    await sendEvent(tested.server, 'room.created', {
      room_id: roomId,
      room_type: 'group',
      room_name: 'A group',
      room_avatar_url: '',
      participants: [me, other].map((email, id) => ({
        id,
        email,
        username: email,
        avatar_url: '',
      })),
    })
    return { roomId, me, other }
  }
  const comment = ({ roomId, other }: Awaited<ReturnType<typeof createGroup>>) =>
    sendEvent(tested.server, 'comment.posted', {
      room_id: roomId,
      comment_id: Date.now(),
      email: other,
      message: 'Hello',
    })
  const open = async (user: string, options = desktop) => {
    const opened = await openInboxOf(tested.browser, tested.server.url, user, options)
    await opened.page.locator('[data-room]').first().waitFor()
    return opened
  }
  const leave = async (page: Page, roomId: number) => {
    await chooseAction(page, roomId, 'Leave')
    await page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click()
    await findRow(page, roomId).waitFor({ state: 'detached' })
  }
  const list = (page: Page) => page.getByRole('group', { name: 'Published, newest first' })
  const findEvent = (page: Page, ...texts: string[]) =>
    texts.reduce((rows, hasText) => rows.filter({ hasText }), list(page).getByRole('listitem'))

  test('a leave in the page, as an event on the same screen', async () => {
    const { roomId, me } = await createGroup()
    const { page, complaints } = await open(me)

    await leave(page, roomId)

    await findEvent(page, 'participant.left', `Room ${roomId}`, me).waitFor()
    await findEvent(page, 'inbox.changed', `Room ${roomId}`, me, 'removed, badge 0').waitFor()
    await page.getByText(/^Published: .*1 participant[.]left/).waitFor({ state: 'attached' })
    assert.deepEqual(complaints, [])
    await page.close()
  })

  test('the unread count and the badge after a comment, on top of older events', async () => {
    const group = await createGroup()
    const { page, complaints } = await open(group.me)
    await findEvent(page, `Room ${group.roomId}`, group.me, '0 unread, badge 0').waitFor()

    await comment(group)

    await findEvent(page, `Room ${group.roomId}`, group.me, '1 unread, badge 1').waitFor()
    const rows = await list(page).getByRole('listitem').allTextContents()
    const find = (text: string) =>
      rows.findIndex((row) => row.includes(group.me) && row.includes(text))
    assert.ok(find('1 unread') < find('0 unread'))
    assert.ok(rows.length <= 20)
    assert.deepEqual(complaints, [])
    await page.close()
  })

  test('nothing on a phone until it is opened, by the keyboard too', async () => {
    const group = await createGroup()
    const { page, complaints } = await open(group.me, smallPhone)
    let requests = 0
    page.on('request', (request) => {
      if (request.url().includes('/local/published')) requests += 1
    })
    await page.waitForTimeout(2500)
    assert.equal(requests, 0)
    assert.equal(await list(page).isVisible(), false)

    await page.locator('summary').focus()
    await page.keyboard.press('Enter')
    await findEvent(page, `Room ${group.roomId}`, group.me).waitFor()
    await leave(page, group.roomId)
    await findEvent(page, 'participant.left', group.me).waitFor()
    await checkFitsWidth(page)

    await page.locator('summary').click()
    await list(page).waitFor({ state: 'hidden' })
    requests = 0
    await page.waitForTimeout(2500)
    assert.equal(requests, 0)
    assert.deepEqual(complaints, [])
    await page.close()
  })

  test('nothing while the page is in the background, and what came meanwhile after it', async () => {
    const group = await createGroup()
    const { page } = await open(group.me)
    await findEvent(page, `Room ${group.roomId}`, group.me).waitFor()
    const setHidden = (isHidden: boolean) =>
      page.evaluate(`
        Object.defineProperty(document, 'hidden', { value: ${isHidden}, configurable: true })
        document.dispatchEvent(new Event('visibilitychange'))`)

    await setHidden(true)
    await comment(group)
    await page.waitForTimeout(3000)
    assert.equal(await findEvent(page, group.me, '1 unread').count(), 0)
    await setHidden(false)

    await findEvent(page, group.me, '1 unread').waitFor()
    await page.close()
  })

  for (const colorScheme of ['light', 'dark'] as const)
    test(`what follows the rules of accessibility, on a phone and a wide screen, ${colorScheme}`, async () => {
      const { me } = await createGroup()
      for (const size of [smallPhone, desktop]) {
        const { page } = await open(me, { ...size, colorScheme } as typeof desktop)
        if (size === smallPhone) await page.locator('summary').click()
        await findEvent(page, me).waitFor()
        await checkAccessibility(page)
        await page.close()
      }
    })
}
