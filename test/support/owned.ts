import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { projectRoot } from '../../infra/bundling.ts'
import { CannotRun } from '../../commands/command.ts'

/**
 * The directory and the processes of one run. They are removed and stopped when the run ends for any reason.
 */
export interface Owned {
  directory: string
  start: (command: string, args: string[], options: StartOptions) => ChildProcess
  /** Runs a command to its end. @throws CannotRun with its output if it fails or takes too long */
  run: (
    command: string,
    args: string[],
    options: StartOptions & { limitMs: number },
  ) => Promise<string>
}

interface StartOptions {
  env: NodeJS.ProcessEnv
  /** Where its output goes; a pipe by default. */
  output?: 'pipe' | number
  /** How many pipes it has besides, from file descriptor 3 on. */
  pipes?: number
}

export const own = (): Owned => {
  const directory = mkdtempSync(join(tmpdir(), 'chat-inbox-test-'))
  const children: ChildProcess[] = []

  // Each child leads a new process group, so that its children are stopped with it.
  const start: Owned['start'] = (command, args, { env, output = 'pipe', pipes = 0 }) => {
    const child = spawn(command, args, {
      cwd: projectRoot,
      env,
      stdio: ['ignore', output, output, ...Array.from({ length: pipes }, () => 'pipe' as const)],
      detached: true,
    })
    children.push(child)
    return child
  }

  process.on('exit', () => {
    children.forEach(endGroup)
    rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => process.exit(128 + constants.signals[signal]))

  return {
    directory,
    start,
    run: async (command, args, { limitMs, ...options }) => {
      const child = start(command, args, options)
      let output = ''
      child.stdout?.on('data', (data) => (output += String(data)))
      child.stderr?.on('data', (data) => (output += String(data)))
      const timer = setTimeout(() => {
        output += `\nstill running after ${limitMs / 1000} s`
        endGroup(child)
      }, limitMs)
      await once(child, 'close').finally(() => {
        clearTimeout(timer)
      })
      if (child.exitCode === 0) return output
      throw new CannotRun(`${command} ${args.join(' ')}\n${output.trim()}`)
    },
  }
}

const endGroup = ({ pid }: ChildProcess): void => {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // The whole group has already ended.
  }
}

/**
 * The environment of a child that must never reach a real AWS account. It passes on no variable that could
 * select anything but the emulator. The child runs the same Node as this process.
 */
export const cleanEnvironment = (home: string): NodeJS.ProcessEnv => ({
  PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
  HOME: home,
  TMPDIR: home,
})
