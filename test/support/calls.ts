import { store } from '../../lib/deps.ts'

/** A call of the client, as the engine answered it. */
export interface Call {
  command: string
  input: Record<string, unknown>
  output: Record<string, unknown>
}

let last = 0

/** Runs work and notes its calls, with the capacity that each consumed. */
export const noteCalls = async (work: () => Promise<unknown>): Promise<Call[]> => {
  const name = `noteCalls-${(last += 1)}`
  const calls: Call[] = []
  store.client.middlewareStack.add(
    (next, context) => async (args) => {
      const input = args.input as Record<string, unknown>
      const answer = await next({
        ...args,
        input: { ...input, ReturnConsumedCapacity: 'INDEXES' },
      })
      const command = String(context['commandName']).replace('Command', '')
      calls.push({ command, input, output: answer.output as Record<string, unknown> })
      return answer
    },
    { name, step: 'initialize', priority: 'low' },
  )
  try {
    await work()
  } finally {
    store.client.middlewareStack.remove(name)
  }
  return calls
}
