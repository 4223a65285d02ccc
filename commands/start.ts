import { runCommand } from './command.ts'
import { startApi } from './local/start-api.ts'

// The script in package.json sets NODE_COMPILE_CACHE. A call here would not cover this file and its imports.
runCommand(startApi)
