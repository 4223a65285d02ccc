import { runCommand } from './command.ts'
import { writeContract } from './contract/write-contract.ts'

runCommand(writeContract)
