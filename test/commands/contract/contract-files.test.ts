import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { makeContractFiles } from '../../../commands/contract/contract-files.ts'

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')

const files = await makeContractFiles(read('docs/openapi.yaml'))

test.each(files)('$path is what npm run contract writes', ({ path, text }) => {
  expect(read(path)).toBe(text)
})
