import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Emulator } from './emulator.ts'
import type { HttpsIssuer } from './issuer.ts'
import { cleanEnvironment, type Owned } from '../support/owned.ts'
import { strip, type Stripped, type Template } from './template.ts'

const outputNames = [
  'ApiUrl',
  'BusName',
  'QueueUrl',
  'FailedEventsUrl',
  'ProjectionsUrl',
  'FailedProjectionsUrl',
] as const

/** The outputs of all stacks. */
export type Outputs = Record<(typeof outputNames)[number], string>

export const region = 'us-east-1'
/** Placeholders. The account number is the one that the emulator uses. */
export const credentials = { accessKeyId: '000000000000', secretAccessKey: 'none' }

const stage = 'dev'
const limitMs = 90_000

/** Runs the CDK of this project as an operator does, but against the emulator. */
export const createCdk = ({ directory, run }: Owned) => {
  const assembly = join(directory, 'cdk.out')
  const cdk = (args: string[], env: NodeJS.ProcessEnv = {}) =>
    run(join('node_modules', '.bin', 'cdk'), [...args, '--no-notices', '--ci'], {
      env: { ...cleanEnvironment(directory), CDK_DISABLE_CLI_TELEMETRY: 'true', ...env },
      limitMs,
    })
  const at = ({ endpoint }: Emulator): NodeJS.ProcessEnv => ({
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
  })

  return {
    /** @returns the resources that are removed from the templates for the emulator */
    synth: async ({ url, audience }: HttpsIssuer): Promise<Stripped> => {
      const context = { stage, issuer: url, audience, changes: 'true', badges: 'true' }
      await cdk([
        ...['synth', '--quiet', '--output', assembly],
        ...Object.entries(context).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ])
      return readdirSync(assembly)
        .filter((name) => name.endsWith('.template.json'))
        .flatMap((name) => stripFile(join(assembly, name)))
    },

    bootstrap: async (emulator: Emulator): Promise<void> => {
      await cdk(
        ['bootstrap', '--app', '', `aws://${credentials.accessKeyId}/${region}`],
        at(emulator),
      )
    },

    deploy: async (emulator: Emulator): Promise<Outputs> => {
      const outputsFile = join(directory, 'outputs.json')
      await cdk(
        [
          ...['deploy', '--all', '--app', assembly],
          ...['--require-approval', 'never', '--outputs-file', outputsFile],
        ],
        at(emulator),
      )
      const stacks = JSON.parse(readFileSync(outputsFile, 'utf8')) as Record<string, object>
      const outputs = Object.assign({}, ...Object.values(stacks)) as Outputs
      for (const name of outputNames)
        if (!outputs[name]) throw new Error(`No stack has the output ${name}.`)
      return outputs
    },
  }
}

const stripFile = (file: string): Stripped => {
  const { template, stripped } = strip(JSON.parse(readFileSync(file, 'utf8')) as Template)
  writeFileSync(file, JSON.stringify(template))
  return stripped
}
