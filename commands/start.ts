import { runCommand } from './command.ts'
import { startApi } from './local/start-api.ts'

// package.json names Node's compile cache. Here it would be too late: this file and its imports are loaded already.
runCommand(startApi)
