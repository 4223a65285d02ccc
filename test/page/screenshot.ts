import assert from 'node:assert/strict'
import { stat } from 'node:fs/promises'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { findRow, openPage } from './browser.ts'
import { sendEvent, type Server } from '../support/server.ts'
import type { Tested } from './tested.ts'

const file = fileURLToPath(new URL('../../docs/images/inbox.png', import.meta.url))
const maxBytes = 150_000
const phone = { viewport: { width: 390, height: 600 }, deviceScaleFactor: 2 }
const viewer = 'arizal@example.com'

/** Newest first: who, minutes ago, and how many unread messages, of which the last is shown. */
const chats: [name: string, minutesAgo: number, unread: number, message: string][] = [
  ['Maya Chen', 0.5, 2, 'I put the tickets in the shared folder 🎟️'],
  ['Rahmat Hidayat', 12, 1, 'Can you look at the second draft before we send it to print?'],
  ['Lina Söderberg', 47, 0, 'Perfect, thank you!'],
  ['Kofi Mensah', 185, 14, 'And the last one, I promise'],
  ['Noor El Amrani', 1500, 0, 'Let us do Thursday then'],
  ['Tomás Herrera', 4400, 0, 'Safe travels ✈️'],
]

/** Makes the picture of the README, with chats as of today. */
export const takeScreenshot = (tested: Tested): void => {
  test('the screenshot is taken', async () => {
    for (const [index, chat] of chats.entries()) await sendChat(tested.server, index + 1, chat)
    const { page } = await openPage(tested.browser, tested.server.url, phone)
    await findRow(page, 1).waitFor()
    await page.getByRole('tab', { name: /Groups \d/ }).waitFor()
    await page.screenshot({ path: file })
    await page.close()

    assert.ok((await stat(file)).size < maxBytes)
  })
}

const sendChat = async (
  server: Server,
  room_id: number,
  [username, minutesAgo, unread, message]: (typeof chats)[number],
): Promise<void> => {
  const sentAt = Date.now() - minutesAgo * 60_000
  const email = `${room_id}@example.com`
  const other = { id: room_id, email, username, avatar_url: '' }
  await sendEvent(server, 'room.created', {
    occurred_at: new Date(sentAt - 60_000).toISOString(),
    room_id,
    room_type: 'single',
    room_name: '',
    room_avatar_url: '',
    participants: [{ id: 134024, email: viewer, username: 'Arizal', avatar_url: '' }, other],
  })
  const comments = Math.max(1, unread)
  for (let comment_id = 1; comment_id <= comments; comment_id += 1)
    await sendEvent(server, 'comment.posted', {
      occurred_at: new Date(sentAt - (comments - comment_id) * 1000).toISOString(),
      room_id,
      comment_id,
      email,
      message,
    })
  if (unread === 0)
    await sendEvent(server, 'comment.read', { room_id, comment_id: 1, email: viewer })
}
