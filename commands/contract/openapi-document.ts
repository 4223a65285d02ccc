import { type Route, routes } from '../../lib/routes.ts'
import { leaveParameters, listingParameters } from './api-parameters.ts'
import { makeLeaveResponses, makeListingResponses, type Responses } from './api-responses.ts'
import { ref, schemas } from './api-schemas.ts'
import { readExample } from './examples.ts'
import { version } from './version.ts'

interface Operation {
  summary: string
  description: string
  parameters: object[]
  requestBody?: object
  responses: Responses
}

const order =
  'Rooms are sorted by the time of the last comment, then by its id, then by the id of the room, all descending.'

/** What each function of the API does for its callers. */
const operations: Record<Route['functionName'], Operation> = {
  'list-personal-chats': {
    summary: "The caller's 1-on-1 rooms",
    description: order,
    parameters: listingParameters,
    responses: makeListingResponses('PersonalListing', readExample('personal')),
  },
  'list-group-chats': {
    summary: "The caller's groups",
    description: order,
    parameters: listingParameters,
    responses: makeListingResponses('GroupListing', readExample('group')),
  },
  'leave-chat': {
    summary: 'Takes the caller out of a room',
    description:
      'The next listing of the caller does not show the room. Send `room_id` in the query string or in the body, of at most 1 KB.',
    parameters: leaveParameters,
    requestBody: {
      content: {
        'application/json': { schema: ref('LeaveRequest') },
        'application/x-www-form-urlencoded': { schema: ref('LeaveRequest') },
      },
    },
    responses: makeLeaveResponses(readExample('leave')),
  },
}

/**
 * The API as an OpenAPI document. It is version 3.1, but says nothing that 3.0 cannot say, since many
 * generators of clients know 3.0 better.
 */
export const makeOpenApiDocument = () => ({
  openapi: '3.1.0',
  info: {
    title: 'Chat inbox',
    version,
    description:
      "A user's 1-on-1 chats and groups, newest first. `docs/api.md` explains the API in prose.",
    license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
  },
  servers: [
    { url: 'http://127.0.0.1:3000', description: 'npm start' },
    {
      url: 'https://{host}',
      description: 'A deployment: the output ApiUrl, or your own domain',
      variables: { host: { default: 'api.example.com' } },
    },
  ],
  security: [{ token: [] }],
  tags: [{ name: 'chat', description: 'The inbox of the caller' }],
  paths: Object.fromEntries(
    routes.map(({ path, method, functionName }) => [
      path,
      {
        [method.toLowerCase()]: {
          operationId: toCamelCase(functionName),
          tags: ['chat'],
          ...operations[functionName],
        },
      },
    ]),
  ),
  components: {
    securitySchemes: {
      token: {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'JWT',
        description:
          'A JSON Web Token with the `email` of the caller and a true `email_verified`. With Cognito, the ID token.',
      },
    },
    schemas,
  },
})

const toCamelCase = (name: string): string =>
  name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
