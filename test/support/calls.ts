import { intercept } from './intercept.ts'

/** A call of the client with the engine's response, or with the error that it failed with. */
export interface Call {
  command: string
  input: Record<string, unknown>
  output: Record<string, unknown>
  error?: Error
}

/** Runs work and notes its calls, with the capacity that each consumed. */
export const noteCalls = async (work: () => Promise<unknown>): Promise<Call[]> => {
  const calls: Call[] = []
  await intercept(
    async ({ command, input, send }) => {
      try {
        const response = await send({ ...input, ReturnConsumedCapacity: 'INDEXES' })
        calls.push({ command, input, output: response.output })
        return response
      } catch (error) {
        calls.push({ command, input, output: {}, error: error as Error })
        throw error
      }
    },
    work,
    { step: 'initialize', priority: 'low' },
  )
  return calls
}

/** How often each command was called. */
export const countCommands = (calls: { command: string }[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { command } of calls) counts[command] = (counts[command] ?? 0) + 1
  return counts
}

/**
 * Read and write units of calls as AWS counts them: within a transaction, the engine counts only half
 * of an index.
 */
export const unitsOf = (calls: Call[]): { read: number; write: number } => {
  const units = { read: 0, write: 0 }
  for (const { command, output } of calls) {
    const responses = [output['ConsumedCapacity'] ?? []].flat() as ConsumedCapacity[]
    for (const { CapacityUnits = 0, LocalSecondaryIndexes = {} } of responses) {
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
