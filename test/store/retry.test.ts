import { describe, expect, test } from '@jest/globals'
import { store } from '../../lib/deps.ts'
import { Unreadable } from '../../lib/domain/errors.ts'
import { ConditionFailed, Contention } from '../../lib/store/errors.ts'
import { roomKey } from '../../lib/store/keys.ts'
import { readItems } from '../../lib/store/read-items.ts'
import { readRoom } from '../../lib/store/facts/read-room.ts'
import { retryContention } from '../../lib/store/retry.ts'
import { throttled, withFault, withUnprocessedKeys } from '../support/faults.ts'

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

test.each([
  { pausedMs: 0, tries: 'many' },
  { pausedMs: 900, tries: 'two' },
])(
  'the patience counts the pauses of the SDK too: $tries tries after $pausedMs ms each',
  async ({ pausedMs, tries: expected }) => {
    const { attempt, tries } = failWith(
      ...Array.from({ length: 1000 }, () => new Contention({ pausedMs })),
    )

    await expect(retryContention({ ...patient, patienceMs: 1000 }, attempt)).rejects.toMatchObject({
      code: 'unavailable',
    })

    if (expected === 'two') expect(tries()).toBe(2)
    else expect(tries()).toBeGreaterThan(100)
  },
)

test('a read that the SDK has tried three times, with pauses, is not tried again without patience', async () => {
  let calls = 0
  const failure = withFault(
    () => {
      calls += 1
      return throttled()
    },
    () => readRoom({ ...store, patienceMs: 0 }, 1),
  )

  await expect(failure).rejects.toMatchObject({ code: 'unavailable' })
  expect(calls).toBe(3)
})

describe('without a time limit', () => {
  const quick = { ...patient, random: () => 0 }

  test('a condition that failed 100 times ends with a sentence, and the last failure as its cause', async () => {
    const error = new ConditionFailed(new Map())
    const { attempt, tries } = failWith(...Array.from({ length: 100 }, () => error))

    const ended = retryContention(quick, attempt)

    await expect(ended).rejects.toThrow(Unreadable)
    await expect(ended).rejects.toMatchObject({
      message: expect.stringMatching(
        /^the condition of a write failed 100 times in a row: try again/,
      ),
      cause: error,
    })
    expect(tries()).toBe(100)
  })

  test('contention 1,000 times ends as unavailable, with the reason of DynamoDB as its cause', async () => {
    const reason = throttled()
    const { attempt, tries } = failWith(
      ...Array.from({ length: 1000 }, () => new Contention({ cause: reason })),
    )

    const ended = retryContention(quick, () => retryContention(quick, attempt))

    await expect(ended).rejects.toMatchObject({ code: 'unavailable', cause: reason })
    expect(tries()).toBe(1000)
  })

  test('keys that stay unread end as throttled', async () => {
    const reading = withUnprocessedKeys(1000, () => readItems({ ...store, ...quick }, [roomKey(1)]))

    await expect(reading).rejects.toMatchObject({
      code: 'unavailable',
      cause: { message: 'Throttled: DynamoDB left keys of a batch unread' },
    })
  })

  test('99 failed conditions and 999 times contention end with the success after them', async () => {
    const { attempt } = failWith(
      ...Array.from({ length: 99 }, () => new ConditionFailed(new Map())),
      ...Array.from({ length: 999 }, () => new Contention()),
    )

    expect(await retryContention(quick, attempt)).toBe('done')
  })
})

describe('with patience', () => {
  const impatient = { ...patient, random: () => 1, patienceMs: 60 }

  test('contention ends as unavailable once the pauses add up to more, also within another attempt', async () => {
    const reason = throttled()
    const { attempt, tries } = failWith(
      ...Array.from({ length: 100 }, () => new Contention({ cause: reason })),
    )

    const ended = retryContention(impatient, () => retryContention(impatient, attempt))

    await expect(ended).rejects.toMatchObject({ code: 'unavailable', cause: reason })
    // Pauses of 25 and 50 ms.
    expect(tries()).toBe(3)
  })

  test('contention that ends in time is a success', async () => {
    const { attempt } = failWith(new Contention(), new Contention())

    expect(await retryContention(impatient, attempt)).toBe('done')
  })
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
