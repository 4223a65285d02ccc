import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { afterEach } from '@jest/globals'

const root = new URL('../..', import.meta.url).pathname
const started: ChildProcess[] = []

export interface Run {
  child: ChildProcess
  output: () => string
}

/**
 * Runs a command of package.json's as a person does, in an environment of its own; it is killed with
 * the test that started it.
 * @param name of a file in commands/, without its ending
 */
export const run = (
  name: string,
  args: string[],
  environment: Record<string, string> = {},
): Run => {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [`commands/${name}.ts`, ...args], {
    cwd: root,
    env: { PATH, HOME, ...environment },
  })
  started.push(child)
  let output = ''
  child.stdout.on('data', (data) => (output += String(data)))
  child.stderr.on('data', (data) => (output += String(data)))
  return { child, output: () => output }
}

/** @returns exit code (null after a kill) and all that was printed */
export const ended = async ({ child, output }: Run) => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close')
  return { code: child.exitCode, output: output().trim() }
}

export const untilItPrints = async ({ child, output }: Run, text: string): Promise<void> => {
  while (!output().includes(text)) {
    if (child.exitCode !== null) throw new Error(output())
    await setTimeout(10)
  }
}

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})
