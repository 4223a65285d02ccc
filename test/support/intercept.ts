import { store } from '../../lib/deps.ts'
import { notByTheHandler } from './needed-permissions.ts'

/** A call of the DynamoDB client on its way to the network. */
export interface InterceptedCall {
  /** Such as `Query`. */
  command: string
  input: Record<string, unknown>
  /** Sends the call, with another input if one is given. */
  send: (input?: Record<string, unknown>) => Promise<any>
}

/** Sends a call, or responds to it instead. */
export type Interceptor = (call: InterceptedCall) => Promise<any>

/**
 * Where calls are intercepted: `initialize` sees each call once, `serialize` as well but with the
 * input in the form of the wire, `finalizeRequest` sees each attempt of the SDK's own retries.
 */
interface Place {
  step: 'initialize' | 'serialize' | 'finalizeRequest'
  /** `high` is further from the network than `low`. */
  priority: 'high' | 'low'
}

let count = 0

/** Intercepts the calls of the functions' client while work runs. */
export const intercept = async <T>(
  interceptor: Interceptor,
  work: () => Promise<T>,
  place: Place = { step: 'initialize', priority: 'high' },
): Promise<T> => {
  count += 1
  const name = `intercept-${count}`
  const middleware = (next: any, context: any) => (args: any) =>
    notByTheHandler(() =>
      interceptor({
        command: String(context.commandName).replace(/Command$/, ''),
        input: args.input,
        send: (input = args.input) => next({ ...args, input }),
      }),
    )
  store.client.middlewareStack.add(middleware, { ...place, name } as object)
  try {
    return await work()
  } finally {
    store.client.middlewareStack.remove(name)
  }
}
