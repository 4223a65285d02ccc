import { runCommand } from './command.ts'
import { printToken } from './local/print-token.ts'

runCommand(printToken)
