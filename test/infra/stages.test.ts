import { describe, expect, test } from '@jest/globals'
import { readSettings, WrongContext } from '../../infra/stages.ts'

const issuer = 'https://auth.example.com/'

describe('without any context', () => {
  test('the stage is dev, the caller a verified e-mail address, and the users are our own', () => {
    expect(readSettings({})).toMatchObject({
      stage: 'dev',
      tokens: undefined,
      identityClaim: 'email',
      requireVerifiedEmail: true,
    })
  })

  test('the events are those of a chat', () => {
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

  test('logs are kept the longer and more is let in at a time, the more a stage matters', () => {
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

  test.each(['dev', 'staging', 'prod'])('%s has a concurrency that SQS takes', (stage) => {
    const { eventConcurrency } = readSettings({ stage })
    expect(eventConcurrency).toBeGreaterThanOrEqual(2)
    expect(eventConcurrency).toBeLessThanOrEqual(1000)
  })
})

describe('the values of the context', () => {
  test('an issuer comes with its audience, letter by letter', () => {
    expect(readSettings({ issuer, audience: 'chat-app' }).tokens).toEqual({
      issuer,
      audience: 'chat-app',
    })
  })

  test('any claim may name the caller', () => {
    const identityClaim = 'https://example.com/email'
    expect(readSettings({ identityClaim }).identityClaim).toBe(identityClaim)
  })

  test('any word may be the source of events', () => {
    expect(readSettings({ eventSource: 'com.example.chat' }).eventSource).toBe('com.example.chat')
  })

  test.each([
    ['true', true],
    ['false', false],
    [true, true],
    [false, false],
  ])('requireVerifiedEmail %j means %j', (requireVerifiedEmail, meaning) => {
    expect(readSettings({ requireVerifiedEmail }).requireVerifiedEmail).toBe(meaning)
  })
})

const stageForm =
  'set it to dev, staging, prod, or dev-<name> with a name of at most 20 lower-case letters, digits and hyphens.'
const issuerForm =
  'set it to the https URL in the "iss" claim of your tokens, such as https://auth.example.com.'
const claimForm = 'set it to the claim of your tokens that names the caller, such as email.'
const sourceForm =
  'set it to the "source" of your chat backend\'s events, a word other than chat-inbox, such as chat.'

describe('a wrong value is named in one sentence that gives its right form', () => {
  test.each<[Record<string, unknown>, string]>([
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
    [{ eventSource: 'chat-inbox' }, `The context value eventSource is "chat-inbox": ${sourceForm}`],
  ])('%j', (context, sentence) => {
    expect(() => readSettings(context)).toThrow(new WrongContext(sentence))
  })
})
