import { readFileSync } from 'node:fs'
import { App } from 'aws-cdk-lib'

const file = new URL('../../cdk.json', import.meta.url)

/** What cdk.json says, which CDK's command line gives to every deployment. */
export const { context: cdkContext } = JSON.parse(readFileSync(file, 'utf8')) as {
  context: Record<string, unknown>
}

/** As a deployment has it, but for the bundles of the functions. */
export const createApp = (): App =>
  new App({ context: { ...cdkContext, 'aws:cdk:bundling-stacks': [] } })
