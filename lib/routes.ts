interface Endpoint {
  method: 'GET' | 'POST'
  path: `/${string}`
  /** The file in functions/ that serves it, without its extension. */
  functionName: string
}

/** The endpoints of the API, as the stack deploys them and the local server serves them. */
export const routes = [
  { method: 'GET', path: '/chat/personal', functionName: 'list-personal-chats' },
  { method: 'GET', path: '/chat/group', functionName: 'list-group-chats' },
  { method: 'GET', path: '/chat/all', functionName: 'list-all-chats' },
  { method: 'POST', path: '/chat/leave', functionName: 'leave-chat' },
] as const satisfies Endpoint[]

export type Route = (typeof routes)[number]

/** The time limit of a function that serves a route. */
export const routeLimitSeconds = 10
