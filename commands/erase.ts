import { runCommand } from './command.ts'
import { eraseAddresses } from './erase/erase-addresses.ts'

runCommand(eraseAddresses)
