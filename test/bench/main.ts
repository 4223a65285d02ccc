import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { CannotRun, runCommand } from '../../commands/command.ts'
import { setFunctionEnvironment } from '../../commands/environment.ts'
import { createTable } from '../../commands/local/table.ts'
import { projectRoot } from '../../infra/bundling.ts'
import { putItems } from '../support/put-items.ts'
import { budgetsOf, isMissed, type Results } from './budgets.ts'
import { measureCold } from './cold.ts'
import { isBare, isOnCompactRows, isOurs, prepareContestants } from './contestants.ts'
import { measureFirstCall } from './first-call.ts'
import { listingOf, plainRowOf, viewer } from './fixtures.ts'
import { pinning, plainTableName, startMachine, tableName } from './processes.ts'
import { budgetText, textOf } from './report.ts'
import { measureStart } from './startup.ts'
import { measureWarm } from './warm.ts'

const usage = `usage: npm run bench -- [--check] [--quick] [--report FILE]

  --check        end with exit code 1 where a budget is missed
  --quick        a smoke run: its times mean nothing, its data do for what it covers
  --report FILE  where the JSON goes (bench-report.json)`

const whole = {
  coldRounds: 48,
  firstCallRounds: 16,
  warm: {
    ours: {
      processes: 3,
      warmUp: 1000,
      alone: { rounds: 10, requests: 80 },
      sixteen: { rounds: 1, requests: 96 },
    },
    references: {
      processes: 1,
      warmUp: 400,
      alone: { rounds: 8, requests: 60 },
      sixteen: { rounds: 1, requests: 96 },
    },
  },
  data: { roomsOfAUser: [10, 1000, 100_000], people: [2, 100, 1000] },
  writing: { warmUp: 3, rounds: 8 },
}
const quickWarm = {
  processes: 1,
  warmUp: 20,
  alone: { rounds: 2, requests: 20 },
  sixteen: { rounds: 2, requests: 32 },
}
const quick: typeof whole = {
  coldRounds: 2,
  firstCallRounds: 2,
  warm: { ours: quickWarm, references: quickWarm },
  data: { roomsOfAUser: [10, 1000], people: [2, 100] },
  writing: { warmUp: 1, rounds: 2 },
}
/** The number of rooms of each type that the listed user has. */
const roomsOfViewer = 60

const main = async (): Promise<void> => {
  const options = readArguments()
  const extent = options.quick ? quick : whole

  const machine = await step('the engine, and TLS in front of it', startMachine)
  setFunctionEnvironment({ endpoint: machine.endpoint, tableName })
  // Imported here because the store reads the environment when it is loaded.
  const { measureData } = await import('./data.ts')
  const { measureWriting } = await import('./writing.ts')
  const { store } = await import('../../lib/deps.ts')
  await step('the tables', async () => {
    const client = new DynamoDBClient()
    await createTable(client, tableName)
    await createTable(client, plainTableName)
    const plain = { ...store, tableName: plainTableName }
    for (const [type, firstRoom] of [
      ['single', 1] as const,
      ['group', 1 + roomsOfViewer] as const,
    ]) {
      await putItems(store, listingOf(viewer, type, roomsOfViewer, firstRoom))
      await putItems(plain, listingOf(viewer, type, roomsOfViewer, firstRoom, plainRowOf))
    }
  })
  const { contestants, applyChatEvents } = await step('cdk synth, and the references', () =>
    prepareContestants(machine.directory),
  )

  const results: Results = {
    cold: await step('cold', () =>
      measureCold(
        machine,
        contestants.filter((each) => !isOnCompactRows(each)),
        extent.coldRounds,
      ),
    ),
    firstCall: await step('first call on a part of a core', () =>
      measureFirstCall(
        machine,
        contestants.filter((each) => isOurs(each) || isBare(each)),
        extent.firstCallRounds,
      ),
    ),
    ...(await step('warm', () => measureWarm(machine, contestants, extent.warm))),
    startMs: await step('npm start', measureStart),
    data: await step('data', () => measureData(extent.data)),
    writing: await step('writing', () => measureWriting(machine, applyChatEvents, extent.writing)),
  }
  const budgets = budgetsOf(results)
  const about = {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores`,
    node: process.version,
    functions: `each in a process of its own, ${pinning}`,
    quick: options.quick,
  }
  writeFileSync(options.report, `${JSON.stringify({ about, ...results, budgets }, null, 2)}\n`)

  const { date, node, functions } = about
  console.log(`\n${date}, ${about.machine}, Node ${node}; functions ${functions}.`)
  console.log(textOf(results))
  console.log(budgetText(budgets))
  console.log(`\nAll figures are in ${options.report}.`)
  const missed = budgets.filter(isMissed)
  if (options.check && missed.length > 0)
    throw new CannotRun(
      missed
        .map(({ name, figure, most }) => `Missed: ${name}: ${figure} instead of at most ${most}.`)
        .join('\n'),
    )
  process.exit(0)
}

const readArguments = () => {
  try {
    const { values } = parseArgs({
      options: {
        check: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        report: { type: 'string', default: join(projectRoot, 'bench-report.json') },
      },
    })
    return values
  } catch (error) {
    throw new CannotRun(`${(error as Error).message}\n\n${usage}`)
  }
}

/** Prints how long a step took, or which step failed. */
const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
  const start = performance.now()
  try {
    return await work()
  } catch (cause) {
    const why = cause instanceof CannotRun ? cause.message : String((cause as Error).stack)
    throw new CannotRun(`Failed at ${name}: ${why}`)
  } finally {
    console.error(`${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`)
  }
}

runCommand(main)
