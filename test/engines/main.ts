/**
 * npm run test:engines: runs the tests of the store and of the functions on a second implementation of
 * DynamoDB, that of the emulator of test:deploy. With `-- PATH…` it runs those tests instead.
 */
import { once } from 'node:events'
import { runCommand } from '../../commands/command.ts'
import { startEmulator } from '../deploy/emulator.ts'
import { own } from '../support/owned.ts'
import { installPackages } from '../support/python.ts'

/**
 * The tests of the maintenance pass too, but would take another minute on this engine. Its stream leaves out what PartiQL
 * writes, so those of publishing have nothing to publish.
 */
const defaultPaths = ['test/store/(?!maintenance/)', 'test/functions/(?!publish-)']
/** Random logs for each property, fewer than on the faster embedded engine. */
const defaultRuns = '2'

const excludedTitles = [
  // The emulator counts one unit for each Query, whatever it reads. DynamoDB counts the sizes of the items.
  'what a list of unread rooms reads of \\d+',
  'the capacity that a comment consumes',
  'recording a join takes 2 write units',
  'the calls and units of',
  // It adds to the error of a statement what DynamoDB has there. The errors of the emulator have another form.
  'reads of ten people .* take one call',
  // These pass, but write thousands of items to show how many calls we make, which no engine changes.
  'a full room of type group refuses',
  'a comment above 5,000 deleted ones',
  'the calls of a page',
  // For each page, the emulator compares all items of the user with the condition, which takes too long here.
  'of 5000 rooms of each type',
  // It needs the calls of the tests that are left out.
  'all calls of these tests together need exactly what the role of list-',
  // The clock of this property stands for a fast engine: on a slow one, requests run out of real time.
  'a copy that is brought up to date at any moments',
  'a room that appears while its user is erased',
  'without the overlap of tokens',
  // This passes. Reads of the emulator are never stale, so its repetitions find nothing.
  'leaving a room .* a hundred times in a row',
]

runCommand(async () => {
  const owned = own()
  const python = await installPackages(owned)
  const { endpoint } = await startEmulator(owned, python)
  const paths = process.argv.slice(2)
  const args = [
    `--testNamePattern=^(?!${excludedTitles.join('|')})`,
    ...(paths.length > 0 ? paths : defaultPaths),
  ]
  const jest = owned.start('npm', ['test', '--', ...args], {
    env: { RUNS: defaultRuns, ...process.env, AWS_ENDPOINT_URL_DYNAMODB: endpoint },
    output: process.stdout.fd,
  })
  const [code] = (await once(jest, 'exit')) as [number | null]
  process.exit(code ?? 1)
})
