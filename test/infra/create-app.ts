import { readFileSync } from 'node:fs'
import { App } from 'aws-cdk-lib'

const file = new URL('../../cdk.json', import.meta.url)

/** The context of cdk.json, which CDK passes to every deployment. */
export const { context: cdkContext } = JSON.parse(readFileSync(file, 'utf8')) as {
  context: Record<string, unknown>
}

/** An app like that of a deployment, but without bundling the functions. */
export const createApp = (): App =>
  new App({ context: { ...cdkContext, 'aws:cdk:bundling-stacks': [] } })
