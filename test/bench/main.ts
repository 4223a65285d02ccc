import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { CannotRun, runCommand } from '../../commands/command.ts'
import { setFunctionEnvironment } from '../../commands/environment.ts'
import { createTable } from '../../commands/local/table.ts'
import { projectRoot } from '../../infra/bundling.ts'
import { budgetText, isMissed } from './budget.ts'
import { pinning, startMachine, tableName } from './processes.ts'
import { step } from './step.ts'

const usage = `usage: npm run bench -- [--writing [--against DIR]] [--check] [--quick] [--report FILE]

  --writing      measure the function that applies events, instead of the listings
  --against DIR  beside it, the function of another checkout, with its packages installed
  --check        end with exit code 1 where a budget is missed
  --quick        a smoke run: its times mean nothing, its data do for what it covers
  --report FILE  where the JSON goes (bench-report.json)`

const main = async (): Promise<void> => {
  const { writing, against, check, quick, report } = readArguments()

  const machine = await step('the engine, and TLS in front of it', startMachine)
  setFunctionEnvironment({ endpoint: machine.endpoint, tableName })
  await createTable(new DynamoDBClient(), tableName)
  // Imported here because the store reads the environment when it is loaded.
  const { benchReading } = await import('./reading.ts')
  const { benchWriting } = await import('./writing/benchmark.ts')
  const { results, text, budgets } = writing
    ? await benchWriting(machine, { isQuick: quick, against })
    : await benchReading(machine, quick)

  const about = {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores`,
    node: process.version,
    functions: `each in a process of its own, ${pinning}`,
    quick,
  }
  writeFileSync(report, `${JSON.stringify({ about, ...results, budgets }, null, 2)}\n`)

  const { date, node, functions } = about
  console.log(`\n${date}, ${about.machine}, Node ${node}; functions ${functions}.`)
  console.log(text)
  console.log(budgetText(budgets))
  console.log(`\nAll figures are in ${report}.`)
  const missed = budgets.filter(isMissed)
  if (check && missed.length > 0)
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
        writing: { type: 'boolean', default: false },
        against: { type: 'string' },
        check: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        report: { type: 'string', default: join(projectRoot, 'bench-report.json') },
      },
    })
    if (values.against !== undefined && !values.writing)
      throw new Error('--against is for --writing only.')
    return values
  } catch (error) {
    throw new CannotRun(`${(error as Error).message}\n\n${usage}`)
  }
}

runCommand(main)
