import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import axe, { type AxeResults } from 'axe-core'
import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core'

const executablePath = process.env['CHROMIUM_PATH'] || '/usr/bin/chromium'

/** Without these, the browser itself would ask other machines. */
const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const launchBrowser = (): Promise<Browser> => {
  if (existsSync(executablePath)) return chromium.launch({ executablePath, args })
  throw new Error(
    `There is no Chromium at ${executablePath}: install it (apt-get install chromium), or set CHROMIUM_PATH to it.`,
  )
}

export const smallPhone = { viewport: { width: 360, height: 640 } }
export const desktop = { viewport: { width: 1100, height: 800 } }

export interface OpenedPage {
  page: Page
  /** What must not happen: errors and warnings of the console, and requests to other origins. */
  complaints: string[]
}

export const openPage = async (
  browser: Browser,
  url: string,
  options: BrowserContextOptions = desktop,
  origin = new URL(url).origin,
): Promise<OpenedPage> => {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  page.setDefaultTimeout(8000)
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('request', (request) => {
    const requested = new URL(request.url())
    if (requested.protocol !== 'data:' && requested.origin !== origin)
      complaints.push(`request to ${request.url()}`)
  })
  await page.goto(url)
  return { page, complaints }
}

/** Has the rooms of the contract. */
export const arizal = 'arizal@example.com'

/** Opens the inbox of a user who was chosen before. */
export const openInboxOf = async (
  browser: Browser,
  url: string,
  user: string,
  options?: BrowserContextOptions,
): Promise<OpenedPage> => {
  const opened = await openPage(browser, 'about:blank', options, new URL(url).origin)
  await opened.page.addInitScript((address) => {
    sessionStorage['user'] ??= address
  }, user)
  await opened.page.goto(url)
  return opened
}

/** Shows the inbox of any address. */
export const signIn = async (page: Page, address: string): Promise<void> => {
  await page.getByLabel('Signed in as').selectOption('Another address…')
  await page.getByRole('textbox', { name: 'Address' }).fill(address)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** Sends the event that the form has. */
export const submitEvent = (page: Page): Promise<void> =>
  page.getByRole('button', { name: 'Send event' }).click()

/** The row of a room in the list. */
export const findRow = (page: Page, roomId: number): Locator =>
  page.locator(`[data-room="${roomId}"]`)

/** The button of a row that chooses its room. */
export const findRoom = (page: Page, roomId: number): Locator =>
  findRow(page, roomId).locator('.room')

/** Chooses an item of the menu of a row. */
export const chooseAction = async (page: Page, roomId: number, title: string): Promise<void> => {
  await findRow(page, roomId).getByRole('button', { name: /^More/ }).click()
  await page.getByRole('menuitem', { name: title, exact: true }).click()
}

/** @returns the ids of the rooms in the list, from the top */
export const listRooms = (page: Page): Promise<number[]> =>
  page.evaluate('[...document.querySelectorAll("[data-room]")].map((row) => +row.dataset.room)')

/** Fails for each violation of axe-core's rules that is serious or worse. */
export const checkAccessibility = async (page: Page): Promise<void> => {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate<AxeResults>('axe.run()')
  assert.deepEqual(
    violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) })),
    [],
  )
}

export const checkFitsWidth = async (page: Page): Promise<void> => {
  const { scrollWidth, clientWidth } = await page.evaluate<{
    scrollWidth: number
    clientWidth: number
  }>(
    '({ scrollWidth: document.documentElement.scrollWidth, clientWidth: document.documentElement.clientWidth })',
  )
  assert.equal(scrollWidth, clientWidth)
}
