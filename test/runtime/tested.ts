import type { Lambda } from './lambda.ts'

/** What the tests share. It is complete when the first test starts. */
export interface Tested {
  lambda: Lambda
  /** Removed at the end of the run. */
  directory: string
}
