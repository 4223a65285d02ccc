import type { Browser } from 'playwright-core'
import type { Server } from '../support/server.ts'

/** What all tests share. It is there when a test runs, not when it is defined. */
export interface Tested {
  browser: Browser
  server: Server
}
