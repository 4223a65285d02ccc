import type { Lambda } from './lambda.ts'

/** What the checks share. */
export interface Tested {
  lambda: Lambda
  /** Is removed at the end of the run. */
  directory: string
}
