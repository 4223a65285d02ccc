import { pick } from './choices.ts'
import type { Steps, Task, World } from './world.ts'

interface Worker {
  task: Task
  steps: Steps
  /** What comes with the next step. */
  next: string
}

const workersAtOnce = 4
/** A worker crashes before one operation of so many. */
const crashesOnceIn = 100
const maxSteps = 20_000

/**
 * Works on tasks, several at a time, one operation after the other in any order. A worker crashes
 * between any two operations; its task is then begun again later. In some runs workers take turns often,
 * in others seldom, so that one that stands still for long is met as well.
 * @returns what was done, operation by operation
 */
export const interleave = ({ choose, table, waiting }: World): string[] => {
  const story: string[] = []
  const workers: Worker[] = []
  const longestTurn = 1 + choose(12)
  let current: Worker | undefined
  const advance = (worker: Worker): void => {
    const { done, value } = worker.steps.next()
    if (done) workers.splice(workers.indexOf(worker), 1)
    else worker.next = value
  }
  while (waiting.length > 0 || workers.length > 0) {
    if (story.length > maxSteps) throw new Error('the workers come to no end')
    const isIdle = workers.length === 0
    if (waiting.length > 0 && workers.length < workersAtOnce && (isIdle || choose(3) === 2)) {
      const task = waiting.shift()!
      const worker = { task, steps: task.start(), next: '' }
      workers.push(worker)
      advance(worker)
    }
    if (workers.length === 0) continue
    const isItsTurn = current !== undefined && workers.includes(current)
    const worker =
      isItsTurn && choose(longestTurn) < longestTurn - 1 ? current! : pick(choose, workers)
    current = worker
    if (choose(crashesOnceIn) === crashesOnceIn - 1) {
      story.push(`${worker.task.title}: crash`)
      worker.steps.return()
      workers.splice(workers.indexOf(worker), 1)
      waiting.push(worker.task)
      continue
    }
    story.push(`${worker.task.title}: ${worker.next}`)
    table.clock.operations += 1
    advance(worker)
  }
  return story
}
