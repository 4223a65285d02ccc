import { isNativeError } from 'node:util/types'
import { TestEnvironment } from 'jest-environment-node'

/**
 * Jest gives each test file its own globals. The packages that Node loads once for all files
 * (load-natively.js) have Node's globals. Here, both see the same environment variables, which are reset after
 * each file, and both accept each other's errors as an Error.
 */
export default class extends TestEnvironment {
  constructor(config, context) {
    super(config, context)
    this.variables = { ...process.env }
    this.global.process.env = process.env
    for (const ErrorOfRealm of [Error, this.global.Error])
      Object.defineProperty(ErrorOfRealm, Symbol.hasInstance, {
        configurable: true,
        value(error) {
          return this === ErrorOfRealm
            ? isNativeError(error)
            : Function.prototype[Symbol.hasInstance].call(this, error)
        },
      })
  }

  async teardown() {
    for (const name of Object.keys(process.env)) delete process.env[name]
    Object.assign(process.env, this.variables)
    await super.teardown()
  }
}
