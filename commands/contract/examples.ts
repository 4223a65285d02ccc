import { readFileSync } from 'node:fs'

/** Reads an answer from docs/examples: the answers of the original contract, which the tests compare with ours. */
export const readExample = (name: 'personal' | 'group' | 'leave'): unknown =>
  JSON.parse(readFileSync(new URL(`../../docs/examples/${name}.json`, import.meta.url), 'utf8'))
