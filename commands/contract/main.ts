import { readFile, writeFile } from 'node:fs/promises'
import { readOptions, runCommand } from '../command.ts'
import { makeContractFiles } from './contract-files.ts'

const usage = `usage: npm run contract

  --help  prints this

Writes the files in docs/ that are made from others: the types of the API from
docs/openapi.yaml, and the documents of the events from lib/events/schemas.ts.`

const root = new URL('../../', import.meta.url)

/** Writes the types of the API and the files that describe the events. */
const writeContract = async (): Promise<void> => {
  readOptions(usage, { options: {} })
  const apiDocument = await readFile(new URL('docs/openapi.yaml', root), 'utf8')
  for (const { path, text } of await makeContractFiles(apiDocument)) {
    await writeFile(new URL(path, root), text)
    console.log(path)
  }
}

runCommand(writeContract)
