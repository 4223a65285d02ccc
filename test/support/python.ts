import { join } from 'node:path'
import { CannotRun } from '../../commands/command.ts'
import type { Owned } from './owned.ts'

/** Relative to the folder of the project, in which every command runs. */
const environment = join('node_modules', '.cache', 'python')
const requirements = join('test', 'support', 'requirements.txt')
const limitMs = 300_000

/**
 * Creates or completes a virtual environment with the versions that requirements.txt pins.
 * @returns the path of its Python
 * @throws CannotRun if the environment cannot be created on this machine
 */
export const installPackages = async ({ run }: Owned): Promise<string> => {
  const python = join(environment, 'bin', 'python')
  const options = { env: process.env, limitMs }
  await run('python3', ['--version'], options).catch(
    because('No python3 runs on this PATH: install Python 3.11 or newer'),
  )
  const isThere = await run(python, ['-m', 'pip', '--version'], options).then(
    () => true,
    () => false,
  )
  if (!isThere)
    await run('python3', ['-m', 'venv', '--clear', environment], options).catch(
      because(
        'python3 makes no virtual environment: install its module venv (on Debian the package python3-venv)',
      ),
    )
  const install = [
    'install',
    '--quiet',
    // Python compiles what it imports. Compiling everything here would take 15 seconds longer.
    '--no-compile',
    '--disable-pip-version-check',
    '--requirement',
    requirements,
  ]
  await run(python, ['-m', 'pip', ...install], options).catch(
    because(`pip does not install ${requirements}: that takes Python 3.11 or newer and an index`),
  )
  return python
}

const because =
  (sentence: string) =>
  (error: unknown): never => {
    throw new CannotRun(`${sentence}.\n${error instanceof Error ? error.message : String(error)}`)
  }
