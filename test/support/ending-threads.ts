const ending = `import { isMainThread } from 'node:worker_threads'; if (!isMainThread) process.exit(3)`

/** The environment of a command whose threads end as soon as they start. */
export const endingThreads = {
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(ending)}`,
}
