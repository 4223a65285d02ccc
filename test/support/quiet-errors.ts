import { afterAll, beforeEach, jest } from '@jest/globals'

/**
 * Keeps what is logged as an error out of the output, for tests that provoke it.
 * @returns the spy, which has the lines of the running test
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
