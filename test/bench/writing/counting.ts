import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { CannotRun } from '../../../commands/command.ts'
import { type Call, unitsOf } from '../../support/calls.ts'
import { expectRows } from './batch.ts'
import { type CaseName, caseOf } from './cases.ts'
import type { Contestant } from './contestants.ts'
import { makeSend } from './references/sdk.ts'

/** What a contestant asks of the table for one event of a case. */
export interface Counts {
  case: CaseName
  contestant: string
  /** By command. */
  calls: Record<string, number>
  /** The statements in the calls of BatchExecuteStatement. */
  statements: number
  readUnits: number
  writeUnits: number
}

type Handler = (event: Pick<SQSEvent, 'Records'>, context: Context) => Promise<SQSBatchResponse>
type NoteCalls = (work: () => Promise<unknown>) => Promise<Call[]>

/** The handler of a contestant in this process, and what notes its calls. */
interface Noted {
  handler: Handler
  noteCalls: NoteCalls
}

/** Applies some batches of a case in this process, where nothing is timed. */
export const countCase = async (
  name: CaseName,
  contestant: Contestant,
  batches: number,
): Promise<Counts> => {
  const { handler, noteCalls } = await load(contestant)
  const next = await caseOf(name).start()
  const calls: Call[] = []
  let events = 0
  for (let count = 0; count < batches; count += 1) {
    const batch = await next()
    const noted = await noteCalls(() => apply(handler, { Records: batch.messages }))
    await expectRows(contestant.name, batch)
    calls.push(...noted)
    events += batch.messages.length
  }
  const { read, write } = unitsOf(calls)
  return {
    case: name,
    contestant: contestant.name,
    calls: Object.fromEntries(
      [...Map.groupBy(calls, ({ command }) => command)].map(([command, some]) => [
        command,
        some.length / events,
      ]),
    ),
    statements: calls.flatMap(({ input }) => input['Statements'] ?? []).length / events,
    readUnits: read / events,
    writeUnits: write / events,
  }
}

/** A reference sends the same calls whatever signs them, so it is counted with a client of the SDK. */
const load = async ({ checkout }: Contestant): Promise<Noted> => {
  if (checkout === undefined) return loadReference()
  const from = (...path: string[]): Promise<unknown> =>
    import(pathToFileURL(join(checkout, ...path)).href)
  const { handler } = (await from('functions', 'apply-chat-events.ts')) as Pick<Noted, 'handler'>
  const { noteCalls } = (await from('test', 'support', 'calls.ts')) as Pick<Noted, 'noteCalls'>
  return { handler, noteCalls }
}

const loadReference = async (): Promise<Noted> => {
  const { makeHandler } = await import('./references/one-call-a-write.ts')
  const send = makeSend(new DynamoDBClient())
  let calls: Call[] = []
  const handler = makeHandler(async (command, input) => {
    const output = await send(command, { ...input, ReturnConsumedCapacity: 'INDEXES' })
    calls.push({ command, input: { ...input }, output: { ...output } })
    return output
  })
  const noteCalls: NoteCalls = async (work) => {
    calls = []
    await work()
    return calls
  }
  return { handler, noteCalls }
}

/** As long as the time limit of the function. */
const limitMs = 60_000

/** Calls the handler, without the lines that it logs. */
const apply = async (handler: Handler, event: Pick<SQSEvent, 'Records'>): Promise<void> => {
  const end = Date.now() + limitMs
  const context = { awsRequestId: 'bench', getRemainingTimeInMillis: () => end - Date.now() }
  const { log } = console
  console.log = () => undefined
  try {
    const { batchItemFailures } = await handler(event, context as Context)
    if (batchItemFailures.length > 0)
      throw new CannotRun(`${batchItemFailures.length} messages failed`)
  } finally {
    console.log = log
  }
}
