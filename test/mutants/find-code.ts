import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { execa, ExecaError } from 'execa'
import { CannotRun } from '../../commands/command.ts'

/** A file, and the lines of it that may be broken: all, if there are no `lines`. */
export interface Code {
  file: string
  lines?: ReadonlySet<number>
}

/**
 * Finds the code to break in a checkout.
 * @param root the folder of the checkout, which the names of files are relative to
 * @param options.files none for all files of the functions
 * @param options.since a revision: only what changed on this branch since it left that
 * @throws CannotRun saying which file or revision does not exist, or that this is no checkout
 */
export const findCode = async (
  root: string,
  { files, since }: { files: string[]; since: string | undefined },
): Promise<Code[]> => {
  for (const file of files) checkFile(root, file)
  if (files.length === 0 || since !== undefined) await checkCheckout(root)
  const base = since === undefined ? undefined : await findBase(root, since)
  const named = files.length > 0 ? files : await listFiles(root)
  return Promise.all(
    named.map(async (file) =>
      base === undefined ? { file } : { file, lines: await listChangedLines(root, file, base) },
    ),
  )
}

const checkFile = (root: string, file: string): void => {
  if (!statSync(resolve(root, file), { throwIfNoEntry: false })?.isFile())
    throw new CannotRun(`There is no file ${file}: name files from the folder of package.json on.`)
  if (!/\.tsx?$/.test(file))
    throw new CannotRun(`${file} is not TypeScript: name files that end with .ts or .tsx.`)
}

const checkCheckout = async (root: string): Promise<void> => {
  if ((await git(root, ['rev-parse', '--is-inside-work-tree'])) === undefined)
    throw new CannotRun(
      'Git knows no files here: run this in a clone of the repository, or name files and leave --since out.',
    )
}

const findBase = async (root: string, since: string): Promise<string> => {
  const verify = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${since}^{commit}`]
  const commit = await git(root, verify)
  const base = commit && (await git(root, ['merge-base', 'HEAD', commit]))
  if (base === undefined)
    throw new CannotRun(
      `Git knows no revision ${since} that this branch comes from: name a branch, a tag or a commit.`,
    )
  return base
}

const listFiles = async (root: string): Promise<string[]> => {
  const files = (await git(root, ['ls-files', 'lib/*.ts', 'functions/*.ts'])) ?? ''
  return files.split('\n').filter((file) => existsSync(resolve(root, file)))
}

const listChangedLines = async (root: string, file: string, base: string): Promise<Set<number>> => {
  const args = ['diff', '--unified=0', '--no-color', '--no-ext-diff', base, '--', file]
  const ranges = ((await git(root, args)) ?? '').matchAll(/^@@ .*\+(\d+)(?:,(\d+))? @@/gm)
  return new Set(
    [...ranges].flatMap(([, first, count = '1']) =>
      Array.from({ length: Number(count) }, (_, index) => Number(first) + index),
    ),
  )
}

/** @returns undefined if Git fails */
const git = async (root: string, args: string[]): Promise<string | undefined> => {
  try {
    return (await execa('git', args, { cwd: root })).stdout
  } catch (error) {
    if (error instanceof ExecaError) return undefined
    throw error
  }
}
