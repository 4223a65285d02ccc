import { AsyncLocalStorage } from 'node:async_hooks'
import { store } from '../../lib/deps.ts'

/** The handler that is invoked, for the code that runs within its invocation. */
const invoked = new AsyncLocalStorage<unknown>()
const needed = new Map<unknown, Set<string>>()

/** Invokes a handler, and notes the permissions that its DynamoDB calls need. */
export const notePermissions = <T>(handler: unknown, invoke: () => T): T =>
  invoked.run(handler, invoke)

/** Runs work of a test in the middle of an invocation. Its calls do not count as calls of the handler. */
export const notByTheHandler = <T>(work: () => T): T => invoked.exit(work)

/** The permissions that the handler has needed in this test file, such as `dynamodb:Query on arn:…`. */
export const listNeeded = (handler: unknown): string[] => [...(needed.get(handler) ?? [])].sort()

export const arnOfTable = (tableName: string): string =>
  `arn:aws:dynamodb:eu-west-1:111122223333:table/${tableName}`

/** The first middleware of all, so that it also sees calls that a test responds to or fails. */
store.client.middlewareStack.add(
  (next, { commandName }) =>
    (args) => {
      const handler = invoked.getStore()
      if (handler) {
        const command = String(commandName).replace(/Command$/, '')
        const noted = needed.get(handler) ?? []
        needed.set(handler, new Set([...noted, ...permissionsOf(command, args.input)]))
      }
      return next(args)
    },
  { name: 'notePermissions', step: 'initialize', priority: 'high' },
)

/**
 * The permissions that IAM requires for a call. A transaction needs the permissions of its parts, and a batch of
 * statements those of its statements. A read of an index needs one for the index, not for the table.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 */
const permissionsOf = (command: string, input: any): string[] => {
  if (input.TransactItems)
    return input.TransactItems.flatMap((item: Record<string, any>) =>
      // Put, Update, Delete, ConditionCheck or Get
      Object.entries(item).map(([part, { TableName }]) => format(`${part}Item`, TableName)),
    )
  if (input.Statements)
    return input.Statements.map(({ Statement }: { Statement: string }) => {
      const [, verb, tableName] = /^(INSERT|UPDATE) (?:INTO )?"([^"]+)"/.exec(Statement)!
      return format(verb === 'INSERT' ? 'PartiQLInsert' : 'PartiQLUpdate', tableName!)
    })
  if (input.RequestItems)
    return Object.keys(input.RequestItems).map((tableName) => format(command, tableName))
  return [format(command, input.TableName, input.IndexName)]
}

const format = (action: string, tableName: string, indexName?: string): string =>
  `dynamodb:${action} on ${arnOfTable(tableName)}${indexName ? `/index/${indexName}` : ''}`
