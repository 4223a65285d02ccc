import { writeFile } from 'node:fs/promises'
import { readOptions, runCommand } from '../command.ts'
import { makeContractFiles } from './contract-files.ts'

const usage = `usage: npm run openapi

  --help  prints this

Writes the documents of the API and the events in docs/ from the code.`

/** Writes the files that describe the API and the events. */
const writeContract = async (): Promise<void> => {
  readOptions(usage, { options: {} })
  for (const { path, text } of await makeContractFiles()) {
    await writeFile(new URL(`../../${path}`, import.meta.url), text)
    console.log(path)
  }
}

runCommand(writeContract)
