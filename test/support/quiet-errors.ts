import { afterAll, beforeEach, jest } from '@jest/globals'

/**
 * Keeps logged errors out of the output, for tests that cause them.
 * @returns the spy, which holds the lines of the running test
 */
export const quietErrors = () => {
  const log = jest.spyOn(console, 'error')
  beforeEach(() => {
    log.mockReset().mockReturnValue()
  })
  afterAll(() => {
    log.mockRestore()
  })
  return log
}
