import { readFileSync } from 'node:fs'
import { App } from 'aws-cdk-lib'

const file = new URL('../../cdk.json', import.meta.url)

/** The context of cdk.json, which CDK passes to every deployment. */
export const { context: cdkContext } = JSON.parse(readFileSync(file, 'utf8')) as {
  context: Record<string, unknown>
}

/** CDK's own rules for templates. Checking them takes CPU time in every synth. */
const defaultRules = '@aws-cdk/core:validateAgainstDefaultRules'

/**
 * An app like that of a deployment, but without bundling the functions.
 * @param checked whether CDK's own rules check its templates; one test does it for all stages
 */
export const createApp = ({ checked = false } = {}): App =>
  new App({ context: { ...cdkContext, 'aws:cdk:bundling-stacks': [], [defaultRules]: checked } })
