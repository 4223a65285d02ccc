import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { Template } from 'aws-cdk-lib/assertions'
import { build } from 'esbuild'
import { entryOf, esbuildOptions, projectRoot } from '../../infra/bundling.ts'
import { compileCache } from '../support/compile-cache.ts'
import { cdkContext } from './create-app.ts'

const run = promisify(execFile)

let outdir: string

beforeEach(async () => {
  outdir = await mkdtemp(join(tmpdir(), 'synth-'))
})

afterEach(() => rm(outdir, { recursive: true }))

/** Runs the app as CDK does, but without its rules for templates, which the tests of cdk-nag check. */
const synth = (context: Record<string, string>) =>
  run(process.execPath, ['infra/app.ts'], {
    cwd: projectRoot,
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      NODE_COMPILE_CACHE: compileCache,
      CDK_VALIDATION: 'false',
      CDK_OUTDIR: outdir,
      CDK_CONTEXT_JSON: JSON.stringify({ ...cdkContext, ...context }),
    },
  })

const readTemplate = async (stack: string): Promise<Template> =>
  Template.fromJSON(JSON.parse(await readFile(join(outdir, `${stack}.template.json`), 'utf8')))

/** The bundle of a function, with the options that the bundling tests measure. */
const bundleOf = async (name: string): Promise<string> => {
  const { outputFiles } = await build({
    ...esbuildOptions,
    entryPoints: [entryOf(name)],
    write: false,
  })
  return outputFiles[0]!.text
}

test('each route, each queue and the stream of a stage lead to the bundle of their function', async () => {
  await synth({ stage: 'dev-ann' })
  const data = await readTemplate('chat-inbox-dev-ann-data')
  const api = await readTemplate('chat-inbox-dev-ann-api')
  const events = await readTemplate('chat-inbox-dev-ann-events')
  const exported = Object.values(data.findOutputs('*')).map((output) => output['Export']?.Name)
  const resourceOf = (template: Template, id: string) =>
    template.toJSON()['Resources'][id].Properties
  const bundleBehind = async (template: Template, aliasId: string): Promise<string> => {
    const versionId = resourceOf(template, aliasId).FunctionVersion['Fn::GetAtt'][0]
    const functionId = resourceOf(template, versionId).FunctionName.Ref
    const { Code, Environment } = resourceOf(template, functionId)
    expect(exported).toContain(Environment.Variables.TABLE_NAME['Fn::ImportValue'])
    return readFile(join(outdir, `asset.${Code.S3Key.replace(/\.zip$/, '')}`, 'index.js'), 'utf8')
  }

  const shipped = new Map<string, string>()
  for (const { Properties } of Object.values(api.findResources('AWS::ApiGatewayV2::Route'))) {
    const integration = resourceOf(api, Properties.Target['Fn::Join'][1][1].Ref)
    shipped.set(Properties.RouteKey, await bundleBehind(api, integration.IntegrationUri.Ref))
  }
  const mappings = Object.values(events.findResources('AWS::Lambda::EventSourceMapping'))
  for (const { Properties } of mappings) {
    const [aliasArn] =
      Properties.FunctionName['Fn::Join'][1][0]['Fn::Select'][1]['Fn::Split'].slice(1)
    const { 'Fn::GetAtt': queue, 'Fn::ImportValue': stream } = Properties.EventSourceArn
    if (stream !== undefined) expect(exported).toContain(stream)
    shipped.set(
      stream === undefined ? queue[0].replace(/[0-9A-F]{8}$/, '') : 'Stream',
      await bundleBehind(events, aliasArn.Ref),
    )
  }
  expect(shipped).toEqual(
    new Map([
      ['GET /chat/personal', await bundleOf('list-personal-chats')],
      ['GET /chat/group', await bundleOf('list-group-chats')],
      ['GET /chat/all', await bundleOf('list-all-chats')],
      ['POST /chat/leave', await bundleOf('leave-chat')],
      ['Queue', await bundleOf('apply-chat-events')],
      ['Projections', await bundleOf('project-large-rooms')],
      ['Stream', await bundleOf('publish-changes')],
    ]),
  )
}, 60_000)

test.each<[string, Record<string, string>, RegExp]>([
  ['value', { stage: 'nonsense' }, /^The context value stage is "nonsense": [^\n]+\.\n$/],
  [
    'name',
    { stages: 'prod' },
    /^There is no context value "stages": did you mean stage\? [^\n]+\.\n$/,
  ],
])(
  'a wrong context %s fails with one sentence and no stack trace',
  async (_, context, sentence) => {
    await expect(synth(context)).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(sentence),
    })
  },
)
