import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BundlingOptions, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs'
import type { BuildOptions } from 'esbuild'

export const projectRoot = fileURLToPath(new URL('..', import.meta.url))

/** @param name of a file in functions/, without its extension */
export const entryOf = (name: string): string => join(projectRoot, 'functions', `${name}.ts`)

/**
 * Bundles a function into the one file that Lambda loads. Each option shortens the cold start: the output
 * is CommonJS, packages are read as ES modules where they have both forms (so that unused code is left
 * out), and the SDK is in the file, minified, without what Lambda never calls: other credential providers,
 * and event streams, whose import() alone would make esbuild wrap 158 modules into functions.
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
    '@aws-sdk/credential-provider-login',
    '@aws-sdk/credential-provider-process',
    '@aws-sdk/credential-provider-sso',
    '@aws-sdk/credential-provider-web-identity',
    '@aws-sdk/nested-clients',
    '@aws-sdk/token-providers',
    '@smithy/core/event-streams',
    '@smithy/credential-provider-imds',
  ],
  alias: {
    // 7 KB, and the only modules that are CommonJS.
    '@aws-sdk/endpoint-cache': join(projectRoot, 'infra', 'no-endpoint-cache.ts'),
    '@aws-sdk/credential-provider-ini': join(projectRoot, 'infra', 'no-credentials.ts'),
  },
} satisfies BuildOptions

/** The same options for CDK. */
export const bundling: BundlingOptions = {
  target: esbuildOptions.target,
  format: OutputFormat.CJS,
  mainFields: esbuildOptions.mainFields,
  minify: esbuildOptions.minify,
  externalModules: esbuildOptions.external,
  esbuildArgs: Object.fromEntries(
    Object.entries(esbuildOptions.alias).map(([name, file]) => [`--alias:${name}`, file]),
  ),
}
