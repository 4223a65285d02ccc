import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { describe, expect, test } from '@jest/globals'
import { findBinary, startEngine } from '../../../commands/local/engine.ts'
import { createTable } from '../../../commands/local/table.ts'
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

  test('keeps its tables in a file, if one is named, even if it is killed', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'engine-')), 'table.db')
    const first = await startEngine({ file })
    await createTable(new DynamoDBClient({ endpoint: first.endpoint }), 'kept')
    const ended = once(first.process, 'exit')
    first.process.kill('SIGKILL')
    await ended

    const second = await startEngine({ file, port: Number(new URL(first.endpoint).port) })
    const isNew = await createTable(new DynamoDBClient({ endpoint: first.endpoint }), 'kept')
    second.process.kill('SIGKILL')
    await rm(dirname(file), { recursive: true })

    expect(second.endpoint).toBe(first.endpoint)
    expect(isNew).toBe(false)
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
