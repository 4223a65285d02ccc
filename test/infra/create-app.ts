import { readFileSync } from 'node:fs'
import { App } from 'aws-cdk-lib'

const file = new URL('../../cdk.json', import.meta.url)

/** The context of cdk.json, which CDK passes to every deployment. */
export const { context: cdkContext } = JSON.parse(readFileSync(file, 'utf8')) as {
  context: Record<string, unknown>
}

interface AppOptions {
  /** Whether CDK's own rules check its templates, which takes CPU time in every synth. One test does it for all stages. */
  checked?: boolean
  /** The folder that receives the templates and the bundled functions. If left out, no function is bundled. */
  assembly?: string
}

/** As the command line of CDK sets it: the templates name the paths of resources and of their code. */
const namedPaths = {
  'aws:cdk:enable-path-metadata': true,
  'aws:cdk:enable-asset-metadata': true,
}

/** An app like that of a deployment, but without notes for debugging. */
export const createApp = ({ checked = false, assembly }: AppOptions = {}): App =>
  new App({
    ...(assembly !== undefined && { outdir: assembly }),
    context: {
      ...cdkContext,
      ...(assembly === undefined ? { 'aws:cdk:bundling-stacks': [] } : namedPaths),
    },
    builtinCloudFormationValidation: checked,
    stackTraces: false,
    treeMetadata: false,
  })
