import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { makeContractFiles } from '../../../commands/contract/contract-files.ts'

const files = await makeContractFiles()

test.each(files)('$path is what npm run openapi writes', ({ path, text }) => {
  expect(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')).toBe(text)
})
