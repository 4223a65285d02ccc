import { hash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { CannotRun } from '../../commands/command.ts'
import { projectRoot } from '../../infra/bundling.ts'
import type { Owned } from '../support/owned.ts'

const version = '4.0.2'
/** Of the package, as the registry and a lock file state it. */
const integrity =
  'sha512-FE5Vskx7mYNnqAnWWJXUOsLp2VGgdsJsCoRLFTa8L4Yk0QVtArqR8q58yPA++QC1a73ZWJXBQ2AH31nIAv7NOQ=='
const limitMs = 60_000

/** The files that a function's process runs. */
export interface RuntimeClient {
  main: string
  noteImports: string
}

/**
 * Lays out AWS's own runtime client, whose only file is index.mjs, with native-part.ts in place of its native
 * part. It is not a devDependency: npm ci would compile that native part, with cmake and a C++ compiler.
 */
export const layOutRuntimeClient = async (owned: Owned): Promise<RuntimeClient> => {
  const archive = await download(owned)
  const directory = join(owned.directory, 'runtime')
  mkdirSync(directory)
  await owned.run(
    'tar',
    ['-xzf', archive, '-C', directory, '--strip-components=1', 'package/index.mjs'],
    { env: process.env, limitMs },
  )
  const noteImports = join(directory, 'note-imports.cjs')
  // Node finds rapid-client.node.js where index.mjs requires rapid-client.node.
  await Promise.all([
    bundle('native-part.ts', join(directory, 'rapid-client.node.js')),
    bundle('note-imports.ts', noteImports),
  ])
  return { main: join(directory, 'index.mjs'), noteImports }
}

/** Bundled, so that the process of the function does not have to strip types. */
const bundle = (name: string, outfile: string) =>
  build({
    entryPoints: [fileURLToPath(new URL(name, import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    logLevel: 'error',
  })

/** @returns the file of the package, which stays in node_modules/.cache */
const download = async ({ run, directory }: Owned): Promise<string> => {
  const cache = join(projectRoot, 'node_modules', '.cache', 'runtime')
  const archive = join(cache, `aws-lambda-ric-${version}.tgz`)
  if (!existsSync(archive)) {
    mkdirSync(cache, { recursive: true })
    await run('npm', ['pack', `aws-lambda-ric@${version}`, '--pack-destination', cache], {
      env: { ...process.env, TMPDIR: directory },
      limitMs,
    })
  }
  const found = `sha512-${hash('sha512', readFileSync(archive), 'base64')}`
  if (found === integrity) return archive
  throw new CannotRun(
    `${archive} is not the package that this test expects (${found}): delete it, and run the test again.`,
  )
}
