import { type ChildProcess, spawn } from 'node:child_process'

/**
 * Runs a command until standard input closes, which happens even if this process is killed. The
 * shell becomes the command (exec), so that its process id, its signals and its exit code are the
 * command's own. The watcher in the background reads from a copy of standard input, because a
 * shell gives none to background jobs.
 */
const untilInputCloses = 'exec 3<&0 </dev/null; (read -r _ <&3; kill -KILL $$) & exec "$@" 3<&-'

/**
 * Starts a program that ends with this process, even if this process is killed.
 * @param output the file descriptor for its output; by default, its output is dropped
 */
export const startWithUs = (
  program: string[],
  { output = 'ignore', env = process.env }: StartOptions = {},
): ChildProcess =>
  spawn('sh', ['-c', untilInputCloses, 'sh', ...program], { stdio: ['pipe', output, output], env })

interface StartOptions {
  output?: 'ignore' | number
  env?: NodeJS.ProcessEnv
}
