import { runCommand } from './command.ts'
import { rebuildTable } from './rebuild/rebuild-table.ts'

runCommand(rebuildTable)
