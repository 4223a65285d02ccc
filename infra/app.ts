import { App } from 'aws-cdk-lib'
import { ApiStack } from './api-stack.ts'
import { DataStack } from './data-stack.ts'
import { EventsStack } from './events-stack.ts'
import { readSettings, WrongContext } from './stages.ts'

const app = new App()
try {
  const settings = readSettings(app.node.getAllContext() as Record<string, unknown>)
  const name = `chat-inbox-${settings.stage}`
  const { table } = new DataStack(app, `${name}-data`, { settings })
  new ApiStack(app, `${name}-api`, { settings, table })
  new EventsStack(app, `${name}-events`, { settings, table })
} catch (error) {
  if (!(error instanceof WrongContext)) throw error
  console.error(error.message)
  process.exitCode = 1
}
