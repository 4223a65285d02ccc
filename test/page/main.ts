/**
 * npm run test:page: the pages of npm start in a real Chromium. With --screenshot, it makes the picture
 * of the README anew instead.
 */
import { after, before, describe } from 'node:test'
import { launchBrowser } from './browser.ts'
import { testDocs } from './docs.ts'
import { testInbox } from './inbox.ts'
import { testPublished } from './published.ts'
import { testRows } from './rows.ts'
import { takeScreenshot } from './screenshot.ts'
import { startServer } from '../support/server.ts'
import { testStates } from './states.ts'
import type { Tested } from './tested.ts'

const tested = {} as Tested

before(async () => {
  const [browser, server] = await Promise.all([launchBrowser(), startServer()])
  Object.assign(tested, { browser, server })
})
after(async () => {
  await Promise.all([tested.browser.close(), tested.server.stop()])
})

if (process.argv.includes('--screenshot')) takeScreenshot(tested)
else {
  describe('the inbox', () => {
    testInbox(tested)
  })
  describe('the inbox shows', () => {
    testRows(tested)
  })
  // The states make so many changes that the publishing ends.
  describe('the published events show', () => {
    testPublished(tested)
  })
  describe('the inbox shows', () => {
    testStates(tested)
  })
  describe('the API document', () => {
    testDocs(tested)
  })
}
