import { runCommand } from './command.ts'
import { importFiles } from './import/import-files.ts'

runCommand(importFiles)
