import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, type BuildOptions } from 'esbuild'
import { CannotRun } from '../../../commands/command.ts'
import { projectRoot } from '../../../infra/bundling.ts'

export const product = 'apply-chat-events'
/** The same function of the checkout that `--against` names. */
export const before = 'before'
export const handSigned = 'hand-signed'
export const tuned = 'tuned SDK'

/** What applies the same batches as the others. */
export interface Contestant {
  name: string
  /** The checkout that its function and its tests are from. The references do not have it. */
  checkout?: string
  /** Its bundle. */
  file: string
}

const functionFile = join('functions', 'apply-chat-events.ts')
const referenceFile = (name: string): string =>
  join('test', 'bench', 'writing', 'references', `${name}.ts`)

/**
 * Bundles the function of this checkout, the references, and the function of another checkout, each function with the
 * options of its own checkout.
 * @param directory where the bundles go
 */
export const prepareContestants = (
  directory: string,
  against: string | undefined,
): Promise<Contestant[]> => {
  const ours = { root: projectRoot, checkout: projectRoot, entry: functionFile }
  const other = against === undefined ? [] : [findCheckout(against)]
  return Promise.all(
    [
      { name: product, ...ours },
      { name: handSigned, root: projectRoot, entry: referenceFile('hand-signed') },
      { name: tuned, root: projectRoot, entry: referenceFile('tuned-sdk') },
      ...other.map((root) => ({ name: before, root, checkout: root, entry: functionFile })),
    ].map(async ({ root, entry, ...contestant }) => {
      const file = join(directory, `writing-${contestant.name.replaceAll(' ', '-')}.js`)
      await build({
        ...(await optionsOf(root)),
        absWorkingDir: root,
        entryPoints: [join(root, entry)],
        outfile: file,
        logLevel: 'error',
      })
      return { ...contestant, file }
    }),
  )
}

/** @throws CannotRun if it is not a checkout with its packages */
const findCheckout = (against: string): string => {
  const root = resolve(against)
  if (!existsSync(join(root, functionFile)))
    throw new CannotRun(`--against names ${root}, which has no ${functionFile}: name a checkout.`)
  if (!existsSync(join(root, 'node_modules')))
    throw new CannotRun(`${root} does not have its packages: run npm ci there.`)
  return root
}

const optionsOf = async (root: string): Promise<BuildOptions> => {
  const { esbuildOptions } = (await import(
    pathToFileURL(join(root, 'infra', 'bundling.ts')).href
  )) as { esbuildOptions: BuildOptions }
  return esbuildOptions
}
