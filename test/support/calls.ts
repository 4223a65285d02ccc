import { store } from '../../lib/deps.ts'

/** A call of the client, as the engine answered it, or failed it. */
export interface Call {
  command: string
  input: Record<string, unknown>
  output: Record<string, unknown>
  error?: Error
}

let last = 0

/** Runs work and notes its calls, with the capacity that each consumed. */
export const noteCalls = async (work: () => Promise<unknown>): Promise<Call[]> => {
  const name = `noteCalls-${(last += 1)}`
  const calls: Call[] = []
  store.client.middlewareStack.add(
    (next, context) => async (args) => {
      const input = args.input as Record<string, unknown>
      const command = String(context['commandName']).replace('Command', '')
      try {
        const answer = await next({
          ...args,
          input: { ...input, ReturnConsumedCapacity: 'INDEXES' },
        })
        calls.push({ command, input, output: answer.output as Record<string, unknown> })
        return answer
      } catch (error) {
        calls.push({ command, input, output: {}, error: error as Error })
        throw error
      }
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

/** Read and write units of calls, as AWS counts them: the engine halves an index within a transaction. */
export const unitsOf = (calls: Call[]): { read: number; write: number } => {
  const units = { read: 0, write: 0 }
  for (const { command, output } of calls) {
    const answers = [output['ConsumedCapacity'] ?? []].flat() as ConsumedCapacity[]
    for (const { CapacityUnits = 0, LocalSecondaryIndexes = {} } of answers) {
      const index = Object.values(LocalSecondaryIndexes).reduce(
        (sum, { CapacityUnits = 0 }) => sum + CapacityUnits,
        0,
      )
      if (/Get|Query/.test(command)) units.read += CapacityUnits
      else units.write += CapacityUnits + (command === 'TransactWriteItems' ? index : 0)
    }
  }
  return units
}

interface ConsumedCapacity {
  CapacityUnits?: number
  LocalSecondaryIndexes?: Record<string, { CapacityUnits?: number }>
}
