import { App } from 'aws-cdk-lib'
import { type Context, readSettings, WrongContext } from './settings.ts'
import { addStacks } from './stacks.ts'

const app = new App()
try {
  addStacks(app, readSettings(app.node.getAllContext() as Context))
} catch (error) {
  if (!(error instanceof WrongContext)) throw error
  console.error(error.message)
  process.exitCode = 1
}
