import { readFileSync } from 'node:fs'
import { App } from 'aws-cdk-lib'

const file = new URL('../../cdk.json', import.meta.url)

/** The context of cdk.json, which CDK passes to every deployment. */
export const { context: cdkContext } = JSON.parse(readFileSync(file, 'utf8')) as {
  context: Record<string, unknown>
}

interface AppOptions {
  /** Where the app writes its templates. By default, in a new temporary directory. */
  outdir?: string
  /** Whether the functions are bundled, and the templates name the paths of the bundles. */
  bundled?: boolean
}

/** What the command line of CDK sets. */
const namedPaths = {
  'aws:cdk:enable-path-metadata': true,
  'aws:cdk:enable-asset-metadata': true,
}

/**
 * An app like that of a deployment, but without notes for debugging. CDK's own rules do not check its templates,
 * because that takes CPU time in every synth. `cdk synth` and cfn-lint check them.
 */
export const createApp = ({ outdir, bundled = false }: AppOptions = {}): App =>
  new App({
    ...(outdir !== undefined && { outdir }),
    context: { ...cdkContext, ...(bundled ? namedPaths : { 'aws:cdk:bundling-stacks': [] }) },
    builtinCloudFormationValidation: false,
    stackTraces: false,
    treeMetadata: false,
  })
