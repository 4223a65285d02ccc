import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { build, type BuildOptions } from 'esbuild'
import { CannotRun } from '../../commands/command.ts'
import { entryOf, esbuildOptions, projectRoot } from '../../infra/bundling.ts'
import { apiEvent } from '../support/api-event.ts'
import { viewer } from './fixtures.ts'
import type { Compared } from './statistics.ts'

/** A function that is measured: one of this project, or a reference. */
export interface Contestant extends Compared {
  name: string
  /** The bare and the tuned SDK reading the same page. Those two do not have it, nor has the list of all rooms. */
  bare?: string
  tuned?: string
  /** Beside the list of all rooms, which has no reference: the function of personal rooms. */
  personal?: string
  /** The form of the rows that it reads. */
  rows: 'compact' | 'plain'
  file: string
  eventFile: string
  bytes: number
  gzippedBytes: number
}

/** The defaults of esbuild for Node, but in the same format and minified. */
const bundlerDefaults: BuildOptions = {
  ...esbuildOptions,
  mainFields: ['main', 'module'],
  external: [],
}

interface Reference {
  name: string
  entry: string
  options: BuildOptions
  path?: string
}

/** The bare SDK is bundled with the defaults of the bundler, the others with the options of this project. */
const references: Reference[] = [
  { name: 'bare SDK', entry: 'bare-sdk', options: bundlerDefaults },
  { name: 'tuned SDK', entry: 'tuned-sdk', options: esbuildOptions },
  { name: 'bare SDK, groups', entry: 'bare-sdk', options: bundlerDefaults, path: '/chat/group' },
  { name: 'tuned SDK, groups', entry: 'tuned-sdk', options: esbuildOptions, path: '/chat/group' },
  { name: 'hand-signed', entry: 'hand-signed', options: esbuildOptions },
]

const onCompactRows = ', compact rows'

/** The references also read the compact rows of the inbox. No budget depends on these figures. */
const compactReferences = references.map((reference) => ({
  ...reference,
  name: `${reference.name}${onCompactRows}`,
}))

/** Whether it is a function of this project, which has budgets, and not a reference. */
export const isOurs = ({ name }: { name: string }): boolean => name.startsWith('list-')

/** Whether it is the bare SDK that the listings have budgets beside. */
export const isBare = ({ name }: { name: string }): boolean => /^bare SDK(, groups)?$/.test(name)

/** Whether it is a reference that reads the compact rows of the inbox, and not plain ones. */
export const isOnCompactRows = ({ name }: { name: string }): boolean => name.endsWith(onCompactRows)

export const personal = 'list-personal-chats'
export const group = 'list-group-chats'
export const all = 'list-all-chats'

/** Synthesizes the app to get the bundles of its functions, and bundles the references. */
export const prepareContestants = async (directory: string): Promise<Contestant[]> => {
  const synthesized = await synthesize(join(directory, 'cdk.out'))
  const ours = await Promise.all(
    [
      { name: personal, path: '/chat/personal', bare: 'bare SDK', tuned: 'tuned SDK' },
      { name: group, path: '/chat/group', bare: 'bare SDK, groups', tuned: 'tuned SDK, groups' },
      { name: all, path: '/chat/all', personal },
    ].map(async ({ path, ...contestant }) => ({
      ...contestant,
      rows: 'compact' as const,
      ...described(directory, path, await asSynthesized(contestant.name, synthesized)),
    })),
  )
  const others = await Promise.all(
    [...references, ...compactReferences].map(async (reference) => {
      const { name, entry, options, path = '/chat/personal' } = reference
      const file = join(directory, `${entry}.js`)
      const entryPoint = join(projectRoot, 'test', 'bench', 'references', `${entry}.ts`)
      await build({ ...options, entryPoints: [entryPoint], outfile: file, logLevel: 'error' })
      const groups = path === '/chat/group' ? ', groups' : ''
      const compared =
        /^(bare|tuned) SDK/.test(name) && !isOnCompactRows({ name })
          ? {}
          : { bare: `bare SDK${groups}`, tuned: `tuned SDK${groups}` }
      const rows = isOnCompactRows({ name }) ? ('compact' as const) : ('plain' as const)
      return { name, ...compared, rows, ...described(directory, path, file) }
    }),
  )
  return [...ours, ...others]
}

/** @returns the bundles that the app's synthesis made */
const synthesize = async (outdir: string): Promise<string[]> => {
  const context = { issuer: 'https://issuer.example.com', audience: 'bench' }
  await promisify(execFile)(process.execPath, [join(projectRoot, 'infra', 'app.ts')], {
    cwd: projectRoot,
    env: { ...process.env, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(context) },
  })
  return readdirSync(outdir)
    .filter((name) => name.startsWith('asset.'))
    .map((name) => join(outdir, name, 'index.js'))
}

/** The synthesized bundle whose bytes are those that the options of infra/bundling.ts produce. */
const asSynthesized = async (name: string, synthesized: string[]): Promise<string> => {
  const { outputFiles } = await build({
    ...esbuildOptions,
    entryPoints: [entryOf(name)],
    write: false,
  })
  const file = synthesized.find((path) => readFileSync(path).equals(outputFiles[0]!.contents))
  if (file === undefined)
    throw new CannotRun(
      `No bundle that cdk synth makes is the one that esbuildOptions in infra/bundling.ts give for ${name}: make them say the same.`,
    )
  return file
}

const described = (directory: string, path: string, file: string) => {
  const eventFile = join(directory, `event${path.replaceAll('/', '-')}.json`)
  const headers = { 'accept-encoding': 'gzip, deflate, br', host: 'api.example.com' }
  writeFileSync(eventFile, JSON.stringify(apiEvent({ path, email: viewer, headers })))
  const code = readFileSync(file)
  return { file, eventFile, bytes: code.length, gzippedBytes: gzipSync(code).length }
}
