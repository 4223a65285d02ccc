import type fc from 'fast-check'
import { intercept } from './intercept.ts'

export interface Task {
  run: () => Promise<void>
}

/**
 * Runs tasks with four workers that take them from one queue. Their calls of the table take effect one
 * at a time, in an order that the scheduler chooses.
 */
export const runWithWorkers = async (tasks: Task[], scheduler: fc.Scheduler): Promise<void> => {
  const queue = [...tasks]
  const work = async (): Promise<void> => {
    for (let task = queue.shift(); task; task = queue.shift()) await task.run()
  }
  await intercept(
    async ({ command, send }) => {
      const { promise: isDone, resolve: finish } = Promise.withResolvers<undefined>()
      await scheduler.schedule(Promise.resolve(), command, undefined, async (start) => {
        await start()
        await isDone
      })
      return send().finally(() => {
        finish(undefined)
      })
    },
    () => scheduler.waitFor(Promise.all([work(), work(), work(), work()])),
  )
}
