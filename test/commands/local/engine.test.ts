import { once } from 'node:events'
import { describe, expect, test } from '@jest/globals'
import { findBinary, startEngine } from '../../../commands/local/engine.ts'
import { mark, untilAllHaveEnded } from '../../support/processes.ts'
import { ended, runProgram } from '../../support/run.ts'

const embedded = findBinary() === undefined ? describe.skip : describe

embedded('the embedded engine', () => {
  test('is the returned process itself: signals reach it and its exit code is its own', async () => {
    const engine = await startEngine()
    const ended = once(engine.process, 'exit')

    engine.process.kill('SIGINT')
    const [code, signal] = (await ended) as [number | null, string | null]

    expect([code, signal]).not.toContain('SIGKILL')
    await expect(fetch(engine.endpoint)).rejects.toThrow()
  })

  test('leaves nothing behind after a run of jest, whatever its tests killed', async () => {
    const marked = mark()
    const { code } = await ended(
      runProgram('npm', ['test', '--', 'test/domain/time.test.ts'], marked),
    )
    await untilAllHaveEnded(marked)

    expect(code).toBe(0)
  })
})
