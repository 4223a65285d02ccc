import type { Lambda } from './lambda.ts'

/** What the tests share. */
export interface Tested {
  lambda: Lambda
  /** Removed at the end of the run. */
  directory: string
}
