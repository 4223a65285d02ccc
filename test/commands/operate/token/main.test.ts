import { devNull } from 'node:os'
import { describe, expect, test } from '@jest/globals'
import { type Deployment, startCognitoServer } from '../../../support/cognito-server.ts'
import { ended, run } from '../../../support/run.ts'

/** No settings and no credentials of AWS. */
const nothing = {
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  AWS_EC2_METADATA_DISABLED: 'true',
}
const region = { AWS_REGION: 'eu-west-1' }
const credentials = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' }

const runToken = (args: string[], environment: Record<string, string>) =>
  ended(run('token', args, { ...nothing, ...environment }))

/** Runs the command for Ann against a deployed stage dev. */
const makeToken = async (deployment: Deployment, stage = 'dev') => {
  await using server = await startCognitoServer(deployment)
  const { endpoint, users, calls } = server
  const ended = await runToken(['--stage', stage, 'ann@example.com'], {
    ...region,
    ...credentials,
    AWS_ENDPOINT_URL_CLOUDFORMATION: endpoint,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: endpoint,
  })
  return { ...ended, users, calls }
}

const token = { code: 0, output: 'verified token of ann@example.com' }

describe('a token of a stage', () => {
  test('is that of a new user with a verified address, and the only output', async () => {
    expect(await makeToken({})).toMatchObject(token)
  })

  test('is made for a user who exists: the password is new, the address is verified', async () => {
    const users = { 'ann@example.com': { verified: false, password: 'old' } }

    expect(await makeToken({ users })).toMatchObject(token)
    expect(users['ann@example.com'].password).not.toBe('old')
  })
})

describe('a sentence for', () => {
  test.each(['staging', 'prod', 'Dev', 'dev-'])('the stage %s', async (stage) => {
    expect(await runToken(['--stage', stage, 'ann@example.com'], nothing)).toEqual({
      code: 2,
      output: `--stage is "${stage}": only dev and dev-<name> permit this. In other stages, sign in with your app.`,
    })
  })

  test.each([['--expired'], ['--claim', 'a=1']])('%s with a stage', async (...options) => {
    const { code, output } = await runToken(['--stage', 'dev', 'a@b', ...options], nothing)

    expect(code).toBe(2)
    expect(output).toMatch(/^--expired and --claim are for the API on this machine/)
  })

  test('a stage that is not deployed', async () => {
    expect(await makeToken({}, 'dev-ann')).toMatchObject({
      code: 1,
      output:
        'Cannot make a token with stack chat-inbox-dev-ann-api: there is no such stack: deploy the stage, or correct --stage, AWS_REGION or AWS_PROFILE (Stack with id chat-inbox-dev-ann-api does not exist).',
    })
  })

  test('a stage with another issuer', async () => {
    expect(await makeToken({ outputs: { ApiUrl: 'https://api.example.com' } })).toMatchObject({
      code: 1,
      output: expect.stringMatching(/^The stack chat-inbox-dev-api has no user pool: .*\.$/),
      calls: ['DescribeStacks'],
    })
  })

  test.each([{}, { application: 'chat-inbox', 'chat-inbox:stage': 'prod' }])(
    'a user pool of somebody else, with the tags %j, in which nothing changes',
    async (tags) => {
      expect(await makeToken({ tags })).toMatchObject({
        code: 1,
        output: expect.stringMatching(/^The user pool eu-west-1_pool does not have the tags .*\.$/),
        calls: ['DescribeStacks', 'DescribeUserPool'],
      })
    },
  )

  test.each<[string, Deployment, RegExp]>([
    [
      'a user pool that does not permit this',
      { adminSignIn: false },
      /: deploy the stage again \(/,
    ],
    ['a user with a second factor', { secondFactor: true }, /^Cognito asks .* for SOFTWARE_TOKEN_/],
    ['missing permissions', { refusal: 'AccessDenied' }, /do not permit it: .* \(not you\)\.$/],
    ['expired credentials', { refusal: 'ExpiredToken' }, /have expired: log in again/],
  ])('%s', async (_, deployment, sentence) => {
    const { code, output } = await makeToken(deployment)

    expect(code).toBe(1)
    expect(output).toMatch(sentence)
    expect(output).not.toMatch(/\n/)
  })

  test.each([
    ['no credentials', region, /there are no AWS credentials: set AWS_PROFILE, or log in/],
    ['no region', credentials, /no region is set: set AWS_REGION/],
  ])('%s', async (_, environment, sentence) => {
    const { code, output } = await runToken(['--stage', 'dev', 'a@example.com'], environment)

    expect(code).toBe(1)
    expect(output).toMatch(sentence)
    expect(output).not.toMatch(/\n/)
  })
})
