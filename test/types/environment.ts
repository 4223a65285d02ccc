import type { FunctionEnvironment } from '../../lib/config.ts'
import type { InboxFunction } from '../../infra/inbox-function.ts'

type FunctionProps = ConstructorParameters<typeof InboxFunction>[2]

export const environment = {
  TABLE_NAME: 'chat',
  IDENTITY_CLAIM: 'email',
  REQUIRE_VERIFIED_EMAIL: 'true',
} satisfies FunctionEnvironment

// @ts-expect-error: the name of the variable is misspelled.
export const misspelled: FunctionEnvironment = { TABEL_NAME: 'chat' }

export const misspelledInStack: FunctionProps['environment'] = {
  // @ts-expect-error: a stack cannot set a variable that no function reads.
  IDENTITY_CLAIMS: 'email',
}

/** Every function gets the table from its construct, so no stack can set another. */
export const tableInStack: FunctionProps['environment'] = {
  // @ts-expect-error: TABLE_NAME is not a stack's to set.
  TABLE_NAME: 'another',
}
