import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach } from '@jest/globals'
import { execa } from 'execa'
import { findCommandFile } from './command-file.ts'
import { compileCache } from './compile-cache.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

const start = (file: string, args: string[], environment: Record<string, string>) => {
  const { PATH = '', HOME = '' } = process.env
  const env = { PATH, HOME, NODE_COMPILE_CACHE: compileCache, ...environment }
  return execa(file, args, { cwd: root, env, extendEnv: false, all: true, reject: false })
}

export interface Run {
  child: ReturnType<typeof start>
  isRunning: () => boolean
  /** What has been printed so far, to standard output and standard error. */
  output: () => string
}

const runs: Run[] = []

/** Runs a program with only these environment variables, PATH, HOME and the compile cache. It ends with its test. */
export const runProgram = (
  file: string,
  args: string[],
  environment: Record<string, string> = {},
): Run => {
  const child = start(file, args, environment)
  let isRunning = true
  let output = ''
  void child.then(() => (isRunning = false))
  child.all.on('data', (data) => (output += String(data)))
  const run = { child, isRunning: () => isRunning, output: () => output }
  runs.push(run)
  return run
}

/**
 * Runs a command as `npm run` does.
 * @param name of a script in package.json
 */
export const run = (name: string, args: string[], environment?: Record<string, string>): Run =>
  runProgram(process.execPath, [findCommandFile(name), ...args], environment)

/** @returns the exit code (undefined after a kill) and everything that was printed */
export const ended = async ({ child }: Run) => {
  const { exitCode, all } = await child
  return { code: exitCode, output: all.trim() }
}

export const untilItPrints = async (run: Run, text: string): Promise<void> => {
  while (!run.output().includes(text)) {
    if (!run.isRunning()) throw new Error(run.output())
    await setTimeout(10)
  }
}

afterEach(() => {
  for (const { child } of runs.splice(0)) child.kill('SIGKILL')
})
