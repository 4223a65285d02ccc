import { enableCompileCache } from 'node:module'

// Node keeps what it strips and compiles, and the next start loads it. Only imports after this call take part.
enableCompileCache()
const { runCommand } = await import('./command.ts')
const { startApi } = await import('./local/start-api.ts')

runCommand(startApi)
