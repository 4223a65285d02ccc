import { runCommand } from './command.ts'
import { restoreTable } from './restore/restore-table.ts'

runCommand(restoreTable)
