import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BundlingOptions, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs'
import type { BuildOptions } from 'esbuild'

export const projectRoot = fileURLToPath(new URL('..', import.meta.url))

/** @param name of a file in functions/, without its ending */
export const entryOf = (name: string): string => join(projectRoot, 'functions', `${name}.ts`)

/**
 * How a function becomes the one file that Lambda loads, in esbuild's words. Each choice shortens
 * the cold start: CommonJS instead of ES modules, ES modules' sources where packages have both,
 * and the SDK in the file, minified, without the credential providers that Lambda never asks.
 */
export const esbuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  mainFields: ['module', 'main'],
  minify: true,
  external: [
    '@aws-sdk/credential-provider-http',
    '@aws-sdk/credential-provider-ini',
    '@aws-sdk/credential-provider-login',
    '@aws-sdk/credential-provider-process',
    '@aws-sdk/credential-provider-sso',
    '@aws-sdk/credential-provider-web-identity',
    '@aws-sdk/nested-clients',
    '@aws-sdk/token-providers',
    '@smithy/credential-provider-imds',
  ],
} satisfies BuildOptions

/** The same in CDK's words. */
export const bundling: BundlingOptions = {
  target: esbuildOptions.target,
  format: OutputFormat.CJS,
  mainFields: esbuildOptions.mainFields,
  minify: esbuildOptions.minify,
  externalModules: esbuildOptions.external,
}
