import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { execa } from 'execa'
import { CannotRun } from '../../commands/command.ts'
import { findCode } from './find-code.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'chat-inbox-code-'))
  await mkdir(join(root, 'lib/store'), { recursive: true })
  await write('lib/store/a.ts', 'one\ntwo\nthree\n')
  await write('lib/b.ts', 'one\n')
  await write('README.md', 'text\n')
})
afterEach(() => rm(root, { recursive: true }))

const write = (file: string, text: string) => writeFile(join(root, file), text)

const git = (...args: string[]) => {
  const names = ['-c', 'user.name=a', '-c', 'user.email=a@example.com']
  return execa('git', [...names, ...args], { cwd: root })
}

/** Puts everything into a new repository. */
const commitAll = async (): Promise<void> => {
  await git('init', '--initial-branch', 'main')
  await git('add', '.')
  await git('commit', '--message', 'All')
}

test('without names, the code is all that Git knows of lib and functions', async () => {
  await commitAll()
  await write('lib/c.ts', 'unknown to Git\n')

  expect(await findCode(root, { files: [], since: undefined })).toEqual([
    { file: 'lib/b.ts' },
    { file: 'lib/store/a.ts' },
  ])
})

test('files that are named need no Git', async () => {
  expect(await findCode(root, { files: ['lib/b.ts'], since: undefined })).toEqual([
    { file: 'lib/b.ts' },
  ])
})

test('since a revision, the code is the lines that changed on this branch, in commits and in files', async () => {
  await commitAll()
  await git('checkout', '-b', 'branch')
  await write('lib/b.ts', 'one\nmore\n')
  await git('commit', '--all', '--message', 'More')
  await git('checkout', 'main')
  await write('lib/store/a.ts', 'other\ntwo\nthree\n')
  await git('commit', '--all', '--message', 'Other')
  await git('checkout', 'branch')
  await write('lib/store/a.ts', 'one\nnew\nand new\n')

  expect(await findCode(root, { files: [], since: 'main' })).toEqual([
    { file: 'lib/b.ts', lines: new Set([2]) },
    { file: 'lib/store/a.ts', lines: new Set([2, 3]) },
  ])
})

test.each([
  [
    'a file that does not exist',
    { files: ['lib/d.ts'], since: undefined },
    'There is no file lib/d.ts: ',
  ],
  ['a folder', { files: ['lib'], since: undefined }, 'There is no file lib: '],
  ['a text', { files: ['README.md'], since: undefined }, 'README.md is not TypeScript: '],
  ['an unknown revision', { files: [], since: 'nowhere' }, 'Git knows no revision nowhere '],
  ['an option as a revision', { files: [], since: '--all' }, 'Git knows no revision --all '],
])('%s is refused with a sentence', async (_, options, reason) => {
  await commitAll()

  const found = findCode(root, options)

  await expect(found).rejects.toThrow(CannotRun)
  await expect(found).rejects.toThrow(reason)
})

test('a folder without Git is refused with a sentence', async () => {
  const found = findCode(root, { files: [], since: undefined })

  await expect(found).rejects.toThrow(CannotRun)
  await expect(found).rejects.toThrow('Git knows no files here: ')
})
