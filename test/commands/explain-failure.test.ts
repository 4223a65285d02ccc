import { describe, expect, test } from '@jest/globals'
import { explainTableFailure } from '../../commands/explain-failure.ts'
import { attempt } from '../../commands/operate/table/outcome.ts'
import { InboxError } from '../../lib/domain/errors.ts'
import { conflict, throttled, timedOut } from '../support/faults.ts'

describe('a sentence for', () => {
  test.each([
    ['CredentialsProviderError', /there are no AWS credentials/],
    ['ExpiredTokenException', /have expired/],
    ['AccessDeniedException', /do not permit it/],
  ])('%s', (name, sentence) => {
    const error = Object.assign(new Error('why'), { name })

    const { message } = explainTableFailure(
      'table chat of AWS',
      new Error('the call failed', { cause: error }),
    )

    expect(message).toMatch(sentence)
    expect(message).toMatch(/^Cannot work on table chat of AWS: .* \(the call failed: why\)\.$/)
  })

  test.each([
    ['getaddrinfo ENOTFOUND dynamodb.eu-west-9.amazonaws.com', /check AWS_REGION/],
    ['Region is missing', /set AWS_REGION/],
  ])('%s', (reason, sentence) => {
    expect(explainTableFailure('table chat', new Error(reason)).message).toMatch(sentence)
  })

  test.each([
    [timedOut(), /: DynamoDB did not respond \(timed out\)\.$/],
    [throttled(), /: DynamoDB throttles \(throttled\)\.$/],
    [conflict(), /: others write the same items all the time \(conflict\)\.$/],
  ])('%s, without the sentence for callers of the API', async (cause, sentence) => {
    const error = new InboxError('unavailable', 'send the request again', { cause })
    const fromThread = await attempt(() => Promise.reject(error)).catch((each: unknown) => each)

    expect(explainTableFailure('table chat', error).message).toMatch(sentence)
    expect(explainTableFailure('table chat', fromThread).message).toMatch(
      /: (DynamoDB|others write) /,
    )
    expect((fromThread as Error).message).not.toContain('send the request')
  })

  test('an error that nobody expects, with its stack trace', () => {
    const error = new TypeError('x.has is not a function')

    expect(explainTableFailure('table chat', error)).toMatchObject({ cause: error })
  })
})
