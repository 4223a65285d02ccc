/**
 * npm run simulate -- NAME: runs the code of the store and of the queues in virtual time, on the embedded DynamoDB,
 * with a table that throttles. docs/benchmarks.md#simulations says what is modelled.
 */
import './redirect-timers.ts'
import { runCommand } from '../../commands/command.ts'
import { setFunctionEnvironment } from '../../commands/environment.ts'
import { endWithNpm } from '../../commands/local/end-with-npm.ts'
import { startEngine } from '../../commands/local/engine.ts'
import { projectRoot } from '../../infra/bundling.ts'
import { readArguments } from './arguments.ts'
import type { Product } from './product.ts'
import { simulations } from './scenarios.ts'
import type { Result } from './simulate.ts'

const main = async (): Promise<void> => {
  const { name, against, seed, people } = readArguments(process.argv.slice(2))
  endWithNpm()
  const engine = await startEngine()
  setFunctionEnvironment({ endpoint: engine.endpoint, tableName: 'simulated' })
  // These read the environment when they are loaded.
  const { loadProduct } = await import('./product.ts')
  const { randomOf, simulate } = await import('./simulate.ts')
  const { formatHead, formatRun } = await import('./report.ts')

  const roots = against === undefined ? [projectRoot] : [against, projectRoot]
  const products = await Promise.all(roots.map(loadProduct))
  const references = new Map<Product, Result>()
  console.log(`${name}, seed ${seed}\n\n${formatHead()}`)
  for (const scenario of simulations[name]!(randomOf(seed), people))
    for (const [index, product] of products.entries()) {
      const version = products.length === 1 ? '' : index === 0 ? ', before' : ', after'
      const result = await simulate(product, scenario, seed)
      if (scenario.isReference) references.set(product, result)
      const reference = references.get(product)
      console.log(formatRun({ name: scenario.name + version, result, reference }))
    }
  process.exit(0)
}

runCommand(main)
