import { AssertionError } from 'node:assert'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { addStacks } from '../../infra/stacks.ts'
import { readSettings } from '../../infra/settings.ts'
import { createApp } from '../infra/create-app.ts'
import { everyOption } from '../infra/every-option.ts'
import { configuration, type Finding, formatFindings } from './findings.ts'
import { cleanEnvironment, type Owned } from '../support/owned.ts'

/** The assemblies that cfn-lint reads, each in a directory with its name. */
const assemblies: Record<string, Record<string, string>> = {
  dev: { stage: 'dev' },
  prod: { stage: 'prod' },
  'prod-with-every-option': { stage: 'prod', ...everyOption },
}

const limitMs = 120_000

/**
 * Checks the templates of several deployments with cfn-lint, which knows the schemas of all resources and
 * more rules of CloudFormation. The functions are not bundled, because a template has only the hash of a bundle.
 * @param python of the environment in which cfn-lint is installed
 * @throws AssertionError that names each finding and what to do
 */
export const lintTemplates = async ({ directory, run }: Owned, python: string): Promise<void> => {
  const root = join(directory, 'lint')
  const templates = Object.entries(assemblies).flatMap(([name, context]) =>
    writeTemplates(join(root, name), context),
  )
  const findingsFile = join(directory, 'findings.json')
  await run(
    join(dirname(python), 'cfn-lint'),
    [
      ...['--config-file', configuration, '--non-zero-exit-code', 'none'],
      ...['--format', 'json', '--output-file', findingsFile, '--', ...templates],
    ],
    { env: cleanEnvironment(directory), limitMs },
  )
  const findings = JSON.parse(readFileSync(findingsFile, 'utf8')) as Finding[]
  if (findings.length > 0)
    throw new AssertionError({ message: formatFindings(findings, (file) => relative(root, file)) })
}

/** @returns the paths of the templates */
const writeTemplates = (outdir: string, context: Record<string, string>): string[] => {
  const app = createApp({ outdir })
  addStacks(app, readSettings(context))
  app.synth()
  return readdirSync(outdir)
    .filter((name) => name.endsWith('.template.json'))
    .map((name) => join(outdir, name))
}
