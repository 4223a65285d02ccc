/**
 * npm run test:deploy: checks the templates of several deployments, then deploys the whole app to an
 * emulator of AWS on this machine, and tests it from outside, as apps, the chat backend and an operator do.
 */
import { AssertionError } from 'node:assert'
import { CannotRun } from '../../commands/command.ts'
import { createCdk } from './cdk.ts'
import { makeChecks } from './checks.ts'
import { type Emulator, startEmulator } from './emulator.ts'
import { startIssuer } from './issuer.ts'
import { lintTemplates } from './lint.ts'
import { createOutside } from './outside.ts'
import { own, type Owned } from '../support/owned.ts'
import { installPackages } from '../support/python.ts'
import type { Stripped } from './template.ts'

const notProved = `
This test does not cover what the emulator lacks or does not enforce:
- permissions: policies are not evaluated; npm test checks the actions and resources of every role
- limits and scale: throttling, concurrency, time limits, sizes, cold starts, 1 MB pages, consumed capacity
- transaction conflicts and stale reads, which tests inject
- inbox.changed for rows that are written together: the emulator's stream has no PartiQL; npm test uses a real stream
- canaries and roll-backs, alarms, metrics and what the dashboard shows
- the user pool: this deployment uses its own issuer instead
- web pages: the emulator does not apply the template's CORS settings; npm test checks them
- protection of the data: deletion, encryption, backups, TLS`

let passed = 0
let failed = 0

/** Runs one step and prints a line with its result and duration. @throws what the work throws */
const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
  const start = performance.now()
  const print = (mark: string) => {
    console.log(`${mark} ${((performance.now() - start) / 1000).toFixed(1).padStart(5)} s  ${name}`)
  }
  try {
    const result = await work()
    passed += 1
    print('✓')
    return result
  } catch (error) {
    failed += 1
    print('✗')
    console.log(`${reasonOf(error)}\n`)
    throw error
  }
}

/** The messages of an error and its causes. An unexpected error also has its stack. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  if (error.cause !== undefined) return `${error.message}\n${reasonOf(error.cause)}`
  const isForeseen = error instanceof AssertionError || error instanceof CannotRun
  return isForeseen ? error.message : (error.stack ?? error.message)
}

const deployAndLook = async (owned: Owned, onEmulator: (emulator: Emulator) => void) => {
  const cdk = createCdk(owned)
  const python = await step('cfn-lint and the emulator are installed', () => installPackages(owned))
  // The deployment runs even if this fails.
  await step('cfn-lint finds nothing in the templates', () => lintTemplates(owned, python)).catch(
    () => undefined,
  )
  const issuer = await step('an issuer of tokens runs', () => startIssuer(owned, python))
  const emulator = await step('a fresh emulator runs', () =>
    startEmulator(owned, python, issuer.certificateFile),
  )
  onEmulator(emulator)
  printStripped(await step('the app is synthesized', () => cdk.synth(issuer)))
  await step('the account is bootstrapped', () => cdk.bootstrap(emulator))
  const outputs = await step('all stacks are deployed', () => cdk.deploy(emulator))
  for (const { name, look } of makeChecks(createOutside(emulator, outputs), issuer))
    // The other checks still run.
    await step(name, look).catch(() => undefined)
}

const printStripped = (stripped: Stripped): void => {
  console.log(
    '                      removed from the templates, because the emulator does not support it:',
  )
  const idsOfKinds = Map.groupBy(stripped, ([, kind]) => kind)
  if (idsOfKinds.size === 0) console.log('           nothing')
  for (const [kind, ids] of idsOfKinds)
    console.log(`           ${kind}: ${ids.map(([id]) => id).join(', ')}`)
}

const main = async (): Promise<void> => {
  const start = performance.now()
  let emulator: Emulator | undefined
  await deployAndLook(own(), (started) => (emulator = started)).catch((error: unknown) => {
    // A failed step has already printed its error.
    if (failed === 0) throw error
  })
  if (failed > 0 && emulator) console.log(`\nThe end of the emulator's log:\n${emulator.logTail()}`)
  if (failed === 0) console.log(notProved)
  console.log(`\nin ${((performance.now() - start) / 1000).toFixed(0)} s`)
  console.log(`${passed} passed, ${failed} failed`)
  process.exit(failed === 0 ? 0 : 1)
}

await main()
