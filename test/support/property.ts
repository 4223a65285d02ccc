/**
 * The settings of a property over random logs. The environment variable RUNS sets how many logs it tries,
 * and SEED repeats a run.
 * @param defaultRuns for `npm test`
 * @param msPerRun what one log may take on a busy machine
 */
export const readPropertySettings = (defaultRuns: number, msPerRun = 2000) => {
  const { RUNS, SEED } = process.env
  const numRuns = Number(RUNS ?? defaultRuns)
  const limitMs = 60_000 + numRuns * msPerRun
  return {
    /** For `fc.assert`. */
    parameters: {
      ...(SEED !== undefined && { seed: Number(SEED) }),
      numRuns,
      // Ends the shrinking of a failure in time to print it.
      interruptAfterTimeLimit: limitMs,
      markInterruptAsFailure: true,
    },
    /** For the test that has the property. */
    testLimitMs: limitMs + 10_000,
  }
}
