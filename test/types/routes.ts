import { type Route, routes } from '../../lib/routes.ts'

export const known: Route['path'] = '/chat/personal'

// @ts-expect-error: no route has this path.
export const unknownPath: Route['path'] = '/chat/personnel'

// @ts-expect-error: no route has this function.
export const unknownFunction: Route['functionName'] = 'list-chats'

export const handlers: Record<Route['functionName'], string> = {
  'list-personal-chats': '',
  'list-group-chats': '',
  'list-all-chats': '',
  // @ts-expect-error: the name of a function is misspelled.
  'leave-chats': '',
}

// @ts-expect-error: the method of one route with the path of another is no route.
export const mixed: Route = { ...routes[0], path: '/chat/leave' }
