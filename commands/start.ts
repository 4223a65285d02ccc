import { runCommand } from './command.ts'
import { startApi } from './local/start-api.ts'

runCommand(startApi)
