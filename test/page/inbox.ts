import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  arizal,
  checkAccessibility,
  checkFitsWidth,
  chooseAction,
  desktop,
  findRoom,
  findRow,
  listRooms,
  openInboxOf,
  signIn,
  smallPhone,
  submitEvent,
} from './browser.ts'
import { sendEvent } from '../support/server.ts'
import type { Tested } from './tested.ts'

/** Rooms of the sample chats. */
const johnDoe = 31387
const alone = 31384
const football = 32705
const trip = 32896
const withoutComments = 32898

export const testInbox = (tested: Tested): void => {
  test('lists the rooms of the contract, with the sums of what is unread', async () => {
    const { page, complaints } = await openInboxOf(tested.browser, tested.server.url, arizal)
    await findRow(page, johnDoe).waitFor()

    assert.deepEqual((await listRooms(page)).slice(0, 3), [withoutComments, trip, 32890])
    assert.equal(
      await findRoom(page, johnDoe).textContent(),
      'JDJohn doeAug 24, 2017Yoi bos1 unread',
    )
    await page.getByRole('tab', { name: 'All 6 unread' }).waitFor()
    await page.getByRole('tab', { name: 'Personal 2 unread' }).click()
    await findRow(page, trip).waitFor({ state: 'detached' })
    assert.deepEqual((await listRooms(page)).slice(0, 2), [johnDoe, alone])
    await page.getByRole('tab', { name: 'Groups 4 unread' }).click()
    await findRow(page, johnDoe).waitFor({ state: 'detached' })
    assert.deepEqual((await listRooms(page)).slice(0, 2), [withoutComments, trip])
    assert.deepEqual(complaints, [])
    await page.close()
  })

  test('moves a room to the top when a comment arrives, and its badge falls when it is read', async () => {
    const { page, complaints } = await openInboxOf(tested.browser, tested.server.url, arizal)
    await page.getByRole('tab', { name: 'Groups' }).click()
    await findRoom(page, football).click()
    await page.getByLabel('Message').fill('See you at ten')
    await submitEvent(page)
    await page.getByText('comment.posted was applied.').waitFor()
    await findRow(page, football).getByText('See you at ten').waitFor()

    assert.equal((await listRooms(page))[0], football)
    await findRow(page, football).getByText('1 unread').waitFor()
    await page.getByRole('tab', { name: 'Groups 5 unread' }).waitFor()

    await chooseAction(page, football, 'Mark as read')
    await findRow(page, football).getByText('unread').waitFor({ state: 'detached' })
    await page.getByRole('tab', { name: 'Groups 4 unread' }).waitFor()
    assert.deepEqual(complaints, [])
    await page.close()
  })

  test('shows a new name, and the chat to somebody who joins', async () => {
    const { page, complaints } = await openInboxOf(tested.browser, tested.server.url, arizal)
    await page.getByRole('tab', { name: 'Groups' }).click()
    await findRoom(page, trip).click()
    await page.getByLabel('Event').selectOption('A new name')
    await page.getByRole('textbox', { name: 'New name' }).fill('Trip to Lombok')
    await submitEvent(page)
    await findRow(page, trip).getByText('Trip to Lombok').waitFor()

    await page.getByLabel('Event').selectOption('Somebody joins')
    await page.getByLabel('Who').fill('new@example.com')
    await page.getByLabel('Name', { exact: true }).fill('New')
    await submitEvent(page)
    await page.getByText('participant.joined was applied.').waitFor()
    await signIn(page, 'new@example.com')
    await findRow(page, johnDoe).waitFor({ state: 'detached' })
    await findRow(page, trip).waitFor()
    assert.deepEqual(await listRooms(page), [trip])
    assert.deepEqual(complaints, [])
    await page.close()
  })

  test('updates without a click', async () => {
    const { page } = await openInboxOf(tested.browser, tested.server.url, arizal)
    await findRow(page, johnDoe).waitFor()

    await sendEvent(tested.server, 'comment.posted', {
      room_id: johnDoe,
      comment_id: Date.now(),
      email: 'john.doe@example.com',
      message: 'From elsewhere',
    })

    await findRow(page, johnDoe).getByText('From elsewhere').waitFor()
    await page.close()
  })

  test('leaves a room only after a confirmation', async () => {
    const { page, complaints } = await openInboxOf(tested.browser, tested.server.url, arizal)
    await findRoom(page, alone).click()
    await page.getByRole('button', { name: 'Leave' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Stay' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    assert.ok((await listRooms(page)).includes(alone))

    await page.getByRole('button', { name: 'Leave' }).click()
    const rooms = await listRooms(page)
    await page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click()
    await findRow(page, alone).waitFor({ state: 'detached' })
    await page.getByRole('status').getByText('You left the chat.').waitFor({ state: 'attached' })
    assert.equal(
      await page.evaluate('+document.activeElement.closest("[data-room]").dataset.room'),
      rooms[rooms.indexOf(alone) + 1],
    )
    assert.deepEqual(complaints, [])
    await page.close()
  })

  test('says why an event is refused', async () => {
    const { page } = await openInboxOf(tested.browser, tested.server.url, arizal)
    await findRoom(page, johnDoe).click()
    await page.getByLabel('Message').fill('Hello')
    await page.getByLabel('From').fill('x'.repeat(255))
    await submitEvent(page)
    await page
      .getByRole('alert')
      .getByText('detail.email is not an address of 1 to 254 characters')
      .waitFor()

    await page.getByLabel('Event').selectOption('Any event, as JSON')
    await page.getByLabel('The event').fill('{')
    await submitEvent(page)
    await page.getByRole('alert').getByText('This is not JSON').waitFor()
    await page.close()
  })

  test('applies a list of events', async () => {
    const { page, complaints } = await openInboxOf(tested.browser, tested.server.url, arizal)
    await findRoom(page, football).click()
    await page.getByLabel('Event').selectOption('Any event, as JSON')
    const events = ['Five a side', 'Football'].map((room_name, index) => ({
      'detail-type': 'room.updated',
      detail: {
        occurred_at: new Date(Date.now() + index).toISOString(),
        room_id: football,
        room_name,
      },
    }))
    await page.getByLabel('The event').fill(JSON.stringify(events))
    await submitEvent(page)
    await page.getByText('2 events were applied.').waitFor()
    await findRow(page, football).getByText('Football', { exact: true }).waitFor()
    assert.deepEqual(complaints, [])
    await page.close()
  })

  test('sends no comment without text', async () => {
    const { page } = await openInboxOf(tested.browser, tested.server.url, arizal)
    await page.getByRole('tab', { name: 'Groups' }).click()
    await findRow(page, withoutComments).getByText('No messages yet').waitFor()
    await findRoom(page, withoutComments).click()
    await submitEvent(page)
    assert.ok(await page.evaluate('document.querySelector("[name=text]:invalid") !== null'))
    await page.close()
  })

  test('keeps the user over a reload', async () => {
    const { page } = await openInboxOf(tested.browser, tested.server.url, arizal)
    await signIn(page, 'stranger@example.com')
    await page.getByText('No chats yet').waitFor()

    await page.reload()

    await page.getByText('No chats yet').waitFor()
    assert.equal(await page.getByLabel('Signed in as').inputValue(), 'stranger@example.com')
    await page.close()
  })

  test('covers the list with the form on a phone until a tap outside or Escape', async () => {
    const { page, complaints } = await openInboxOf(
      tested.browser,
      tested.server.url,
      arizal,
      smallPhone,
    )
    const focusedRoom = () =>
      page.evaluate<number>('+document.activeElement.closest("[data-room]")?.dataset.room')
    await findRoom(page, johnDoe).click()
    await page.locator('aside:focus').waitFor()
    await page.keyboard.press('Shift+Tab')
    assert.ok(await page.evaluate('document.activeElement.closest("main") === null'))

    await page.mouse.click(180, 20)
    await page.locator('aside').waitFor({ state: 'hidden' })
    assert.equal(await focusedRoom(), johnDoe)

    await findRoom(page, johnDoe).click()
    await page.evaluate('document.activeElement.blur()')
    await page.keyboard.press('Escape')
    await page.locator('aside').waitFor({ state: 'hidden' })
    assert.equal(await focusedRoom(), johnDoe)

    await page.getByRole('button', { name: 'Send an event' }).click()
    const fresh = await page.getByRole('textbox').inputValue()
    await page.getByRole('textbox').fill('{')
    await page.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('button', { name: 'Send an event' }).click()
    assert.equal((await page.getByRole('textbox').inputValue()).length, fresh.length)
    assert.deepEqual(complaints, [])
    await page.close()
  })

  test('works with the keyboard alone', async () => {
    const { page } = await openInboxOf(tested.browser, tested.server.url, arizal)
    await findRow(page, johnDoe).waitFor()
    const focused = () => page.evaluate<string>('document.activeElement.innerText')
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key)
    }

    await page.getByLabel('Signed in as').focus()
    await press('Tab', 'ArrowLeft')
    assert.match(await focused(), /^Groups/)
    await findRow(page, johnDoe).waitFor({ state: 'detached' })
    await press('ArrowLeft')
    assert.match(await focused(), /^Personal/)
    await findRow(page, johnDoe).waitFor()
    await press('Tab')
    assert.match(await focused(), /John doe/)
    await press('Enter')
    await page.locator('aside:focus').waitFor()
    // Leave, close, event, from, message.
    await press('Tab', 'Tab', 'Tab', 'Tab', 'Tab')
    await page.keyboard.type('By keyboard')
    await press('Enter')
    await findRow(page, johnDoe).getByText('By keyboard').waitFor()
    await press('Escape')
    assert.match(await focused(), /John doe/)
    await page.close()
  })

  for (const colorScheme of ['light', 'dark'] as const)
    test(`fits a phone of 360 pixels and follows the rules of accessibility, ${colorScheme}`, async () => {
      const { page } = await openInboxOf(tested.browser, tested.server.url, arizal, {
        ...smallPhone,
        colorScheme,
      })
      await findRow(page, johnDoe).waitFor()
      await page.getByRole('tab', { name: /Groups \d/ }).waitFor()
      await checkFitsWidth(page)
      await checkAccessibility(page)

      await findRow(page, johnDoe).getByRole('button', { name: /^More/ }).click()
      await page.getByRole('menu').waitFor()
      await checkAccessibility(page)
      await page.keyboard.press('Escape')

      await findRoom(page, johnDoe).click()
      await page.getByLabel('Message').waitFor()
      await checkFitsWidth(page)
      await checkAccessibility(page)

      await page.getByRole('button', { name: 'Leave' }).click()
      await page.getByRole('dialog').waitFor()
      await checkAccessibility(page)
      await page.close()
    })

  test('follows the rules of accessibility on a wide screen', async () => {
    const { page } = await openInboxOf(tested.browser, tested.server.url, arizal, desktop)
    await findRoom(page, johnDoe).click()
    await checkAccessibility(page)
    await page.close()
  })
}
