import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { type Context, readSettings, WrongContext } from '../../infra/settings.ts'
import { type Stage, stages } from '../../infra/stages.ts'
import { cdkContext } from './create-app.ts'

const issuer = 'https://auth.example.com/'
const domain = 'chat.example.com'
const certificateArn =
  'arn:aws:acm:eu-west-1:111122223333:certificate/12345678-90ab-cdef-1234-567890abcdef'

describe('without any context', () => {
  test('the stage is dev, callers have verified e-mail addresses, and there is a user pool', () => {
    expect(readSettings({})).toMatchObject({
      stage: 'dev',
      tokens: undefined,
      identityClaim: 'email',
      requireVerifiedEmail: true,
    })
  })

  test('no concurrency is reserved or provisioned, alarms go to nobody, the API has no domain, and no web page may call it', () => {
    const settings = readSettings({})

    expect(settings).not.toHaveProperty('reservedConcurrency')
    expect(settings).not.toHaveProperty('provisionedConcurrency')
    expect(settings).toMatchObject({
      alarmEmails: [],
      ignoreAlarms: false,
      changes: false,
      badges: false,
      domain: undefined,
      corsOrigins: [],
    })
  })

  test('the source of events is chat', () => {
    expect(readSettings({}).eventSource).toBe('chat')
  })
})

describe('stages', () => {
  test.each(['dev', 'dev-ann', 'dev-7', `dev-${'x'.repeat(20)}`])('%s keeps nothing', (stage) => {
    expect(readSettings({ stage })).toEqual({ ...readSettings({}), stage })
    expect(readSettings({ stage }).keepsData).toBe(false)
  })

  test.each(['staging', 'prod'])('%s keeps its data', (stage) => {
    expect(readSettings({ stage })).toMatchObject({ stage, keepsData: true })
  })

  test('later stages keep logs longer and allow more traffic', () => {
    const [dev, staging, prod] = ['dev', 'staging', 'prod'].map((stage) => readSettings({ stage }))
    for (const [less, more] of [
      [dev!, staging!],
      [staging!, prod!],
    ] as const) {
      expect(less.logRetention).toBeLessThan(more.logRetention)
      expect(less.throttle.rateLimit).toBeLessThan(more.throttle.rateLimit)
      expect(less.throttle.burstLimit).toBeLessThan(more.throttle.burstLimit)
      expect(less.eventConcurrency).toBeLessThan(more.eventConcurrency)
    }
  })

  test('concurrency is reserved outside dev: a new account has none to reserve', () => {
    const reserved = ['dev', 'dev-ann', 'staging', 'prod'].map(
      (stage) => readSettings({ stage }).reservedConcurrency,
    )
    expect(reserved).toEqual([undefined, undefined, 20, 100])
  })

  test('have the limits that docs/clients.md lists', () => {
    const page = readFileSync(new URL('../../docs/clients.md', import.meta.url), 'utf8')
    const [, table] = /\| dev .*?\n\|[ -|]*\n(.*?)\n\n/s.exec(page)!
    const listed = table!.split('\n').map((line) =>
      line
        .split('|')
        .slice(2, 5)
        .map((cell) => Number(cell.replace(',', '')) || undefined),
    )
    const of = ['dev', 'staging', 'prod'].map((stage) => readSettings({ stage }))
    expect(listed).toEqual([
      of.map(({ throttle }) => throttle.rateLimit),
      of.map(({ throttle }) => throttle.burstLimit),
      of.map(({ reservedConcurrency }) => reservedConcurrency),
    ])
  })

  test('only prod has canaries', () => {
    const canaries = ['dev', 'staging', 'prod'].map((stage) => readSettings({ stage }).canary)
    expect(canaries).toEqual([false, false, true])
  })

  describe('have defaults for the context', () => {
    const known = (context: Context): ReadonlyMap<string, Stage> => {
      const limits = { rateLimit: 1, burstLimit: 2, eventConcurrency: 3 }
      return new Map([['prod', { ...stages.get('prod')!, context: { ...limits, ...context } }]])
    }
    const own = { issuer, audience: 'chat-app', alarmEmail: 'ops@example.com' }

    test('which apply where the context has no value', () => {
      expect(readSettings({ stage: 'prod' }, known(own))).toMatchObject({
        tokens: { issuer, audience: 'chat-app' },
        alarmEmails: ['ops@example.com'],
        throttle: { rateLimit: 1, burstLimit: 2 },
        eventConcurrency: 3,
      })
    })

    test('which the context overrides', () => {
      const given = { stage: 'prod', audience: 'another', rateLimit: '7' }
      expect(readSettings(given, known(own))).toMatchObject({
        tokens: { issuer, audience: 'another' },
        throttle: { rateLimit: 7, burstLimit: 2 },
      })
    })

    test('which are checked like the context', () => {
      expect(() => readSettings({ stage: 'prod' }, known({ issuer }))).toThrow(WrongContext)
    })
  })
})

describe('the values of the context', () => {
  test('an issuer comes with its audience and is not changed', () => {
    expect(readSettings({ issuer, audience: 'chat-app' }).tokens).toEqual({
      issuer,
      audience: 'chat-app',
    })
  })

  test('any claim may name the caller', () => {
    const identityClaim = 'https://example.com/email'
    expect(readSettings({ identityClaim }).identityClaim).toBe(identityClaim)
  })

  test.each(['com.example.chat', 'aws', 'aws-chat', 'com.aws.chat'])(
    'any word may be the source of events: %s',
    (eventSource) => {
      expect(readSettings({ eventSource }).eventSource).toBe(eventSource)
    },
  )

  test.each([
    ['true', true],
    ['false', false],
    [true, true],
    [false, false],
  ])('requireVerifiedEmail and ignoreAlarms %j mean %j', (value, meaning) => {
    const settings = readSettings({ requireVerifiedEmail: value, ignoreAlarms: value })
    expect(settings).toMatchObject({ requireVerifiedEmail: meaning, ignoreAlarms: meaning })
  })

  test.each([
    ['from the command line', '7'],
    ['from cdk.json', 7],
  ])('limits %s replace those of the stage', (_, seven) => {
    const limits = {
      rateLimit: seven,
      burstLimit: seven,
      reservedConcurrency: seven,
      provisionedConcurrency: seven,
      eventConcurrency: seven,
    }
    expect(readSettings({ stage: 'prod', ...limits })).toMatchObject({
      throttle: { rateLimit: 7, burstLimit: 7 },
      reservedConcurrency: 7,
      provisionedConcurrency: 7,
      eventConcurrency: 7,
    })
  })

  test.each([
    ['as much as is reserved', { stage: 'prod', provisionedConcurrency: '100' }, 100],
    ['any number where none is reserved', { provisionedConcurrency: '101' }, 101],
  ])('concurrency can be provisioned: %s', (_, context, provisioned) => {
    expect(readSettings(context).provisionedConcurrency).toBe(provisioned)
  })

  test('an account that has no calls to reserve says none', () => {
    const { reservedConcurrency } = readSettings({ stage: 'prod', reservedConcurrency: 'none' })
    expect(reservedConcurrency).toBeUndefined()
  })

  test.each([
    ['ops@example.com', ['ops@example.com']],
    [
      'ops@example.com,on-call+chat@ops.example.com',
      ['ops@example.com', 'on-call+chat@ops.example.com'],
    ],
    ['a@example.com, b@example.com, a@example.com', ['a@example.com', 'b@example.com']],
  ])('alarmEmail %j is all of its addresses, once each', (alarmEmail, alarmEmails) => {
    expect(readSettings({ alarmEmail }).alarmEmails).toEqual(alarmEmails)
  })

  test.each([
    ['https://app.example.com', ['https://app.example.com']],
    [
      'https://app.example.com, https://admin.example.com:8443,https://xn--mnchen-3ya.example',
      [
        'https://app.example.com',
        'https://admin.example.com:8443',
        'https://xn--mnchen-3ya.example',
      ],
    ],
  ])('corsOrigins %j is all of its origins, in every stage', (corsOrigins, origins) => {
    for (const stage of ['dev', 'prod'])
      expect(readSettings({ stage, corsOrigins }).corsOrigins).toEqual(origins)
  })

  test.each([
    ['http://localhost:5173', ['http://localhost:5173']],
    ['http://127.0.0.1:8080,http://localhost', ['http://127.0.0.1:8080', 'http://localhost']],
    ['https://localhost:5173', ['https://localhost:5173']],
    ['*', ['*']],
  ])('in dev, corsOrigins may be %j', (corsOrigins, origins) => {
    for (const stage of ['dev', 'dev-ann'])
      expect(readSettings({ stage, corsOrigins }).corsOrigins).toEqual(origins)
  })

  test('the runbook of the alarms is a page of the repository, and a path where no address is set', () => {
    const repository = 'https://github.com/your-org/your-fork'

    expect(readSettings({ repository }).runbook).toBe(`${repository}/blob/main/docs/operations.md`)
    expect(readSettings({}).runbook).toBe('docs/operations.md')
  })

  test.each([
    certificateArn,
    certificateArn.replace('arn:aws:', 'arn:aws-us-gov:').replace('eu-west-1', 'us-gov-west-1'),
  ])('a domain comes with its certificate: %s', (certificateArn) => {
    expect(readSettings({ domain, certificateArn }).domain).toEqual({
      name: domain,
      certificateArn,
    })
  })
})

const stageForm =
  'set it to dev, staging, prod, or dev-<name> with a name of at most 20 lower-case letters, digits and hyphens.'
const issuerForm =
  'set it to the https URL in the "iss" claim of your tokens, such as https://auth.example.com.'
const claimForm = 'set it to the claim of your tokens that names the caller, such as email.'
const sourceForm =
  'set it to the "source" of your chat backend\'s events, a word other than chat-inbox that does not begin with "aws.", which AWS keeps for itself, such as chat.'
const emailForm =
  'set it to one or more e-mail addresses with commas between, such as ops@example.com,oncall@example.com.'
const arnForm = `the ARN of a certificate in the region of the stage, such as ${certificateArn}.`
const domainForm = 'set it to a host name in lower case, such as chat.example.com.'
const originForm =
  'one or more https origins with commas between, in lower case and without a path, such as https://app.example.com,https://admin.example.com'
const localOriginForm = `${originForm}, or to * for every origin, or for pages on this machine to http://localhost:5173`
const localAdvice = 'leave it out, because only dev lets pages on this machine call the API'
const httpAdvice = 'use https, because http lets others read the token'
const limitForms: [string, string][] = [
  ['rateLimit', 'a whole number from 1 on, such as 50.'],
  ['burstLimit', 'a whole number from 1 on, such as 100.'],
  ['reservedConcurrency', 'a whole number from 1 on, such as 100, or to none.'],
  ['provisionedConcurrency', 'a whole number from 1 on, such as 2.'],
  ['eventConcurrency', 'a whole number from 2 to 1000, such as 10.'],
]
const noLimits = ['-1', '0', '1.5', '', 'abc', '1e3', -1, 0, 1.5, null, Number.MAX_SAFE_INTEGER * 2]

describe('a wrong value is named in one sentence that gives its right form', () => {
  test.each<[Context, string]>([
    [{ stage: 'nonsense' }, `The context value stage is "nonsense": ${stageForm}`],
    [{ stage: '' }, `The context value stage is "": ${stageForm}`],
    [{ stage: 'Prod' }, `The context value stage is "Prod": ${stageForm}`],
    [{ stage: 'constructor' }, `The context value stage is "constructor": ${stageForm}`],
    [{ stage: 'dev-' }, `The context value stage is "dev-": ${stageForm}`],
    [{ stage: 'dev-Ann' }, `The context value stage is "dev-Ann": ${stageForm}`],
    [
      { stage: `dev-${'x'.repeat(21)}` },
      `The context value stage is "dev-${'x'.repeat(21)}": ${stageForm}`,
    ],
    [
      { issuer: 'http://auth.example.com', audience: 'chat-app' },
      `The context value issuer is "http://auth.example.com": ${issuerForm}`,
    ],
    [
      { issuer: 'auth.example.com', audience: 'chat-app' },
      `The context value issuer is "auth.example.com": ${issuerForm}`,
    ],
    [
      { issuer: 'https://', audience: 'chat-app' },
      `The context value issuer is "https://": ${issuerForm}`,
    ],
    [
      { issuer: 'https://auth.example.com:port', audience: 'chat-app' },
      `The context value issuer is "https://auth.example.com:port": ${issuerForm}`,
    ],
    [
      { issuer: 'https://auth.example.com/?tenant=1', audience: 'chat-app' },
      `The context value issuer is "https://auth.example.com/?tenant=1": ${issuerForm}`,
    ],
    [{ issuer: '', audience: 'chat-app' }, `The context value issuer is "": ${issuerForm}`],
    [
      { issuer },
      `The context value issuer is "${issuer}" but audience is missing: set audience to the "aud" claim of your tokens.`,
    ],
    [
      { issuer, audience: '' },
      'The context value audience is "": set it to the "aud" claim of your tokens.',
    ],
    [
      { audience: 'chat-app' },
      'The context value audience is "chat-app" but issuer is missing: set issuer to the https URL in the "iss" claim of your tokens, or leave both out for a user pool.',
    ],
    [{ identityClaim: '' }, `The context value identityClaim is "": ${claimForm}`],
    [{ identityClaim: ' ' }, `The context value identityClaim is " ": ${claimForm}`],
    [
      { requireVerifiedEmail: 'yes' },
      'The context value requireVerifiedEmail is "yes": set it to true or false.',
    ],
    [
      { requireVerifiedEmail: '' },
      'The context value requireVerifiedEmail is "": set it to true or false.',
    ],
    [{ eventSource: '' }, `The context value eventSource is "": ${sourceForm}`],
    [{ eventSource: 'my chat' }, `The context value eventSource is "my chat": ${sourceForm}`],
    ...['chat-inbox', 'aws.', 'aws.events', 'AWS.chat', 'Aws.x'].map(
      (eventSource): [Context, string] => [
        { eventSource },
        `The context value eventSource is "${eventSource}": ${sourceForm}`,
      ],
    ),
    [
      { ignoreAlarms: 'please' },
      'The context value ignoreAlarms is "please": set it to true or false.',
    ],
    [{ changes: 'all' }, 'The context value changes is "all": set it to true or false.'],
    [{ badges: 1 }, 'The context value badges is 1: set it to true or false.'],
    [
      { badges: 'true' },
      'The context value badges is true but changes is not: set changes to true, because the events of changes have the badges.',
    ],
    ...['', 'ops', 'ops@', 'ops@example', '@example.com', 'a@example.com,', 'a@b.com b@b.com'].map(
      (alarmEmail): [Context, string] => [
        { alarmEmail },
        `The context value alarmEmail is "${alarmEmail}": ${emailForm}`,
      ],
    ),
    [
      { alarmEmail: ['ops@example.com'] },
      `The context value alarmEmail is ["ops@example.com"]: ${emailForm}`,
    ],
    ...[
      '',
      'chat',
      'https://chat.example.com',
      'Chat.example.com',
      '*.example.com',
      '10.0.0.1',
    ].map((domain): [Context, string] => [
      { domain, certificateArn },
      `The context value domain is "${domain}": ${domainForm}`,
    ]),
    [
      { domain },
      `The context value domain is "${domain}" but certificateArn is missing: set certificateArn to ${arnForm}`,
    ],
    [
      { certificateArn },
      `The context value certificateArn is "${certificateArn}" but domain is missing: set domain to the name that the certificate is for, such as chat.example.com, or leave both out.`,
    ],
    ...[
      '',
      '12345678-90ab-cdef-1234-567890abcdef',
      certificateArn.replace(':acm:', ':iam:'),
      certificateArn.replace('eu-west-1', ''),
      `${certificateArn}0`,
    ].map((wrongArn): [Context, string] => [
      { domain, certificateArn: wrongArn },
      `The context value certificateArn is "${wrongArn}": set it to ${arnForm}`,
    ]),
    ...[
      '',
      'app.example.com',
      '//app.example.com',
      'ftp://app.example.com',
      'null',
      'https://',
      'https://*',
      'https://*.example.com',
      'https://[::1]:5173',
      'https://app.example.com:99999',
      'https://app.example.com,',
      'https://app.example.com,,https://admin.example.com',
      'https://app.example.com https://admin.example.com',
      '*,https://app.example.com',
      ['https://app.example.com'],
      true,
      null,
    ].flatMap((corsOrigins): [Context, string][] => [
      [
        { corsOrigins },
        `The context value corsOrigins is ${JSON.stringify(corsOrigins)}: set it to ${localOriginForm}.`,
      ],
      [
        { stage: 'prod', corsOrigins },
        `The context value corsOrigins is ${JSON.stringify(corsOrigins)}: set it to ${originForm}.`,
      ],
    ]),
    ...['staging', 'prod'].map((stage): [Context, string] => [
      { stage, corsOrigins: '*' },
      `The context value corsOrigins is "*", which only dev accepts: set it to ${originForm}.`,
    ]),
    ...[
      ['https://app.example.com/', 'write https://app.example.com'],
      ['https://app.example.com/inbox', 'write https://app.example.com'],
      ['https://app.example.com?a=1', 'write https://app.example.com'],
      ['https://app.example.com#top', 'write https://app.example.com'],
      ['https://ann@app.example.com', 'write https://app.example.com'],
      ['https://app.example.com:443', 'write https://app.example.com'],
      ['https://App.example.com', 'write https://app.example.com'],
      ['HTTPS://APP.EXAMPLE.COM:8443/', 'write https://app.example.com:8443'],
      ['https://münchen.example', 'write https://xn--mnchen-3ya.example'],
      ['http://app.example.com', httpAdvice],
      ['http://localhost.example.com', httpAdvice],
      ['http://localhost:5173', localAdvice],
      ['http://127.0.0.1:5173/', localAdvice],
      ['https://localhost:5173', localAdvice],
    ].map(([origin, advice]): [Context, string] => [
      { stage: 'prod', corsOrigins: `https://admin.example.com,${origin}` },
      `The context value corsOrigins has the origin "${origin}": ${advice}.`,
    ]),
    [
      { corsOrigins: 'http://LOCALHOST:5173/' },
      'The context value corsOrigins has the origin "http://LOCALHOST:5173/": write http://localhost:5173.',
    ],
    [
      { corsOrigins: 'https://a.example,https://b.example,https://a.example' },
      'The context value corsOrigins has the origin "https://a.example": name it only once.',
    ],
    ...limitForms.flatMap(([name, form]) =>
      noLimits.map((value): [Context, string] => [
        { [name]: value },
        `The context value ${name} is ${JSON.stringify(value)}: set it to ${form}`,
      ]),
    ),
    ...[
      '',
      'your-org/your-fork',
      'http://github.com/your-org/your-fork',
      'https://github.com/your-org/your-fork/',
      'https://github.com/your-org/your-fork.git',
      'https://github.com/your-org/your-fork?tab=readme',
      'https://ann:secret@github.com/your-org/your-fork',
      `https://github.com/your-org/${'r'.repeat(200)}`,
    ].map((repository): [Context, string] => [
      { repository },
      `The context value repository is "${repository}": set it to the https URL of your repository, at most 200 characters without a password, and without "/" or ".git" at its end, such as https://github.com/your-org/your-fork.`,
    ]),
    [
      { stage: 'prod', provisionedConcurrency: '101' },
      'The context value provisionedConcurrency is "101", but reservedConcurrency is 100: set provisionedConcurrency to 100 or less, or reservedConcurrency to 101 or more.',
    ],
    ...['1', '1001'].map((eventConcurrency): [Context, string] => [
      { eventConcurrency },
      `The context value eventConcurrency is "${eventConcurrency}": set it to a whole number from 2 to 1000, such as 10.`,
    ]),
  ])('%j', (context, sentence) => {
    expect(() => readSettings(context)).toThrow(new WrongContext(sentence))
  })
})

describe('a name that nothing reads', () => {
  test.each([
    ['stages', 'stage'],
    ['Stage', 'stage'],
    ['stage ', 'stage'],
    ['', 'stage'],
    ['alarmEmial', 'alarmEmail'],
    ['alarm-email', 'alarmEmail'],
    ['isuer', 'issuer'],
    ['audiance', 'audience'],
    ['indentityClaim', 'identityClaim'],
    ['REQUIREVERIFIEDEMAIL', 'requireVerifiedEmail'],
    ['eventsource', 'eventSource'],
    ['domainName', 'domain'],
    ['certificateARN', 'certificateArn'],
    ['corsOrigin', 'corsOrigins'],
    ['ratelimit', 'rateLimit'],
    ['bustLimit', 'burstLimit'],
    ['reserveConcurrency', 'reservedConcurrency'],
    ['provisionConcurrency', 'provisionedConcurrency'],
    ['eventsConcurrency', 'eventConcurrency'],
    ['ignoreAlarm', 'ignoreAlarms'],
    ['repositoryUrl', 'repository'],
    ['constructor', 'corsOrigins'],
  ])('%j is refused, and %s suggested', (name, suggestion) => {
    expect(() => readSettings({ stage: 'prod', [name]: 'x' })).toThrow(
      new WrongContext(
        `There is no context value ${JSON.stringify(name)}: did you mean ${suggestion}? There are stage, issuer, audience, identityClaim, requireVerifiedEmail, eventSource, alarmEmail, domain, certificateArn, corsOrigins, rateLimit, burstLimit, reservedConcurrency, provisionedConcurrency, eventConcurrency, changes, badges, ignoreAlarms, repository.`,
      ),
    )
  })

  test("is accepted if it is CDK's own: set by its command line, a flag or a lookup", () => {
    const ofCdk = {
      ...cdkContext,
      'aws:cdk:enable-path-metadata': true,
      'aws:cdk:bundling-stacks': ['**'],
      '@aws-cdk/core:bootstrapQualifier': 'qualifier',
      'aws-cdk:enableDiffNoFail': true,
      'availability-zones:account=111122223333:region=eu-west-1': ['eu-west-1a'],
      'vpc-provider:account=111122223333:filter.isDefault=true:region=eu-west-1': {},
      'ssm:account=111122223333:parameterName=/ami:region=eu-west-1': 'ami-1',
      'acknowledged-issue-numbers': [34892],
      'cli-telemetry': false,
    }
    expect(readSettings({ stage: 'prod', ...ofCdk })).toEqual(readSettings({ stage: 'prod' }))
  })

  test('is not one of those that docs/deployment.md lists, and it lists all names', () => {
    const page = readFileSync(new URL('../../docs/deployment.md', import.meta.url), 'utf8')
    const [, table] = /\| context .*?\n\|[ -|]*\n(.*?)\n\n/s.exec(page)!
    const listed = table!.split('\n').flatMap((line) => line.split('|')[1]!.match(/\w+/g)!)
    const named = listed.map((name) => ({ [name]: undefined }))
    expect(() => readSettings(Object.assign({ stage: 'dev' }, ...named))).not.toThrow(
      /no context value/,
    )
    expect(listed).toHaveLength(19)
  })
})
