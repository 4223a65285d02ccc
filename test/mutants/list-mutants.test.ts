import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { insertMutant, isParsable, listMutants } from './list-mutants.ts'

/** @returns the code with each mutant in turn */
const mutate = (code: string): string[] =>
  listMutants('code.ts', code).map((mutant) => insertMutant(code, mutant))

test.each([
  ['a comparison', 'export const a = b < c', ['export const a = b <= c']],
  ['an equality', 'export const a = b !== c', ['export const a = b === c']],
  ['a logical operator', 'export const a = b && c', ['export const a = b || c']],
  ['a sum', 'export const a = b + c', ['export const a = b - c']],
  ['a boolean', 'export const a = true', ['export const a = false']],
  ['a number', 'export const a = 1_000', ['export const a = 1001']],
  ['a condition', 'export const a = b ? c : d', ['export const a = !(b) ? c : d']],
  ['a statement', 'a()', [';']],
  [
    'the elements of an array',
    'export const a = [b, c]',
    ['export const a = [c]', 'export const a = [b, ]'],
  ],
  ['the properties of an object', 'export const a = { b }', ['export const a = {  }']],
  [
    'the last property',
    'export const a = { b, c, }',
    ['export const a = { c, }', 'export const a = { b,  }'],
  ],
  [
    "DynamoDB's conditions",
    "export const a = 'b < :b AND c'",
    ["export const a = 'b <= :b AND c'", "export const a = 'b < :b OR c'"],
  ],
  [
    'a condition in a template',
    'export const a = `${b} OR ${c}`',
    ['export const a = `${b} AND ${c}`'],
  ],
])('a mutant changes %s', (_, code, mutants) => {
  expect(mutate(code)).toEqual(mutants)
})

test('an early return is turned round by its condition, and removed', () => {
  expect(mutate('const a = () => { if (b) return }')).toEqual([
    'const a = () => { if (!(b)) return }',
    'const a = () => { if (b) ; }',
  ])
})

test('a try loses its catch', () => {
  expect(mutate('try { } catch { }')).toEqual(['{ }'])
})

test.each([
  ['an import', "import { a } from './a.ts'"],
  ['a type', 'export type A = { a: 1 } | true'],
  ['an interface', 'export interface A { a: true }'],
  ['the type of a parameter', 'export const a = (b: 1 | true) => b'],
  ['a word of a text', "export const a = 'true'"],
])('%s stays as it is', (_, code) => {
  expect(mutate(code)).toEqual([])
})

test('a mutant has the line that it starts in', () => {
  expect(listMutants('code.ts', 'export const a = b\n\nexport const c = 1')).toMatchObject([
    { line: 3 },
  ])
})

test('code that does not parse is noticed', () => {
  expect(isParsable('code.ts', 'export const a: number = 1')).toBe(true)
  expect(isParsable('code.ts', 'export const a: number = = 1')).toBe(false)
})

test('every mutant of a file of the store parses', () => {
  const file = 'lib/store/leave-room.ts'
  const code = readFileSync(file, 'utf8')

  const mutants = listMutants(file, code)

  expect(mutants.length).toBeGreaterThan(50)
  expect(mutants.filter((mutant) => !isParsable(file, insertMutant(code, mutant)))).toEqual([])
})
