import { readFileSync } from 'node:fs'
import { App } from 'aws-cdk-lib'

const file = new URL('../../cdk.json', import.meta.url)

/** The context of cdk.json, which CDK passes to every deployment. */
export const { context: cdkContext } = JSON.parse(readFileSync(file, 'utf8')) as {
  context: Record<string, unknown>
}

/**
 * An app like that of a deployment, but without bundling the functions and without notes for debugging.
 * @param checked whether CDK's own rules check its templates, which takes CPU time in every synth; one
 * test does it for all stages
 * @param outdir where it writes its assembly, by default a new temporary directory
 */
export const createApp = ({
  checked = false,
  outdir,
}: { checked?: boolean; outdir?: string } = {}): App =>
  new App({
    ...(outdir !== undefined && { outdir }),
    context: { ...cdkContext, 'aws:cdk:bundling-stacks': [] },
    builtinCloudFormationValidation: checked,
    stackTraces: false,
    treeMetadata: false,
  })
