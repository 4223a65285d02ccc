import { runCommand } from './command.ts'
import { printCost } from './cost/print-cost.ts'

runCommand(printCost)
