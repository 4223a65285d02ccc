import { describe, expect, test } from '@jest/globals'
import { ConditionFailed, Contention } from '../../lib/store/errors.ts'
import { retryContention } from '../../lib/store/retry.ts'

const patient = { random: () => 0.001, signal: new AbortController().signal }

/** Makes an attempt that fails with each of these errors in turn and then succeeds. */
const failWith = (...errors: Error[]) => {
  let tries = 0
  return {
    attempt: () => {
      tries += 1
      const error = errors.shift()
      return error ? Promise.reject(error) : Promise.resolve('done')
    },
    tries: () => tries,
  }
}

test.each([
  ['contention', new Contention()],
  ['a failed condition', new ConditionFailed(new Map())],
])('%s is tried again', async (_, error) => {
  const { attempt, tries } = failWith(error, error)

  expect(await retryContention(patient, attempt)).toBe('done')
  expect(tries()).toBe(3)
})

test('a condition that keeps failing is tried again after longer and longer pauses', async () => {
  const { attempt, tries } = failWith(
    ...Array.from({ length: 10_000 }, () => new ConditionFailed(new Map())),
  )

  await expect(
    retryContention({ random: () => 0.5, signal: AbortSignal.timeout(500) }, attempt),
  ).rejects.toMatchObject({ code: 'unavailable' })
  expect(tries()).toBeLessThan(12)
})

test('another error is not tried again', async () => {
  const { attempt, tries } = failWith(new Error('broken'))

  await expect(retryContention(patient, attempt)).rejects.toThrow('broken')
  expect(tries()).toBe(1)
})

describe('once the time is up', () => {
  test.each([
    ['contention', new Contention()],
    ['a failed condition', new ConditionFailed(new Map())],
  ])('%s ends as unavailable, with its cause', async (_, error) => {
    const { attempt } = failWith(error)

    await expect(
      retryContention({ ...patient, signal: AbortSignal.abort() }, attempt),
    ).rejects.toMatchObject({
      code: 'unavailable',
      cause: error,
    })
  })

  test('a long pause is cut short', async () => {
    const start = Date.now()
    const { attempt } = failWith(...Array.from({ length: 1000 }, () => new Contention()))

    await expect(
      retryContention({ random: () => 1000, signal: AbortSignal.timeout(50) }, attempt),
    ).rejects.toMatchObject({ code: 'unavailable' })
    expect(Date.now() - start).toBeLessThan(1000)
  })
})
