import { describe, expect, test } from '@jest/globals'
import { ConditionFailed, Contention } from '../../lib/store/errors.ts'
import { retryContention } from '../../lib/store/retry.ts'
import { never } from '../support/world.ts'

const patient = { random: () => 0.001, signal: never }

/** An attempt that fails with each of these in turn, then succeeds. */
const failingWith = (...errors: Error[]) => {
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
  const { attempt, tries } = failingWith(error, error)

  expect(await retryContention(patient, attempt)).toBe('done')
  expect(tries()).toBe(3)
})

test('a condition that keeps failing is tried less and less often', async () => {
  const { attempt, tries } = failingWith(
    ...Array.from({ length: 10_000 }, () => new ConditionFailed(new Map())),
  )

  await expect(
    retryContention({ random: () => 0.5, signal: AbortSignal.timeout(500) }, attempt),
  ).rejects.toMatchObject({ code: 'unavailable' })
  expect(tries()).toBeLessThan(12)
})

test('anything else is not', async () => {
  const { attempt, tries } = failingWith(new Error('broken'))

  await expect(retryContention(patient, attempt)).rejects.toThrow('broken')
  expect(tries()).toBe(1)
})

describe('when the time is up', () => {
  test.each([
    ['contention', new Contention()],
    ['a failed condition', new ConditionFailed(new Map())],
  ])('%s is unavailable', async (_, error) => {
    const { attempt } = failingWith(error)

    await expect(
      retryContention({ ...patient, signal: AbortSignal.abort() }, attempt),
    ).rejects.toMatchObject({
      code: 'unavailable',
      cause: error,
    })
  })

  test('a long pause is cut short', async () => {
    const start = Date.now()
    const { attempt } = failingWith(...Array.from({ length: 1000 }, () => new Contention()))

    await expect(
      retryContention({ random: () => 1000, signal: AbortSignal.timeout(50) }, attempt),
    ).rejects.toMatchObject({ code: 'unavailable' })
    expect(Date.now() - start).toBeLessThan(1000)
  })
})
