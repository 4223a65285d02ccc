import { startEngine } from '../../infra/local/engine.ts'
import { setFunctionEnvironment } from '../../infra/local/environment.ts'

/** One engine for all test files; each has a table of its own. */
export default async (): Promise<void> => {
  const engine = await startEngine()
  setFunctionEnvironment({ endpoint: engine.endpoint, tableName: 'set-by-each-test-file' })
  Object.assign(globalThis, { engine })
}
