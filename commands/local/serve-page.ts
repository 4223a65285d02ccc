import { readFile } from 'node:fs/promises'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { pageFiles } from '../../examples/web/files.ts'
import { inboxUser } from './sample-inbox.ts'
import { sampleUsers } from './sample-users.ts'

const apiDocument = new URL('../../docs/openapi.yaml', import.meta.url)

/** The page asks nobody but this server, whatever chats contain. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/**
 * Adds the pages of examples/web, the inbox at `/` and the API document at `/docs`, and what only they ask for.
 * Each file is made on request: a start does not wait for it, and a change of a page needs no restart.
 */
export const servePage = (app: FastifyInstance): void => {
  for (const { name, type, make } of pageFiles)
    app.get(findPath(name), async (_request, reply) => send(reply, type, await make()))
  app.get('/local/openapi.json', async (_request, reply) =>
    send(reply, 'application/json', await makeLocalDocument()),
  )
  app.get('/local/sample-users', () => [inboxUser, ...sampleUsers])
}

/** @returns `/` for index.html, `/docs` for docs.html, `/app.js` for app.js */
const findPath = (name: string): string => `/${name.replace(/(index)?[.]html$/, '')}`

const send = (reply: FastifyReply, type: string, content: string) =>
  reply
    .type(`${type}; charset=utf-8`)
    .header('cache-control', 'no-store')
    .header('content-security-policy', contentSecurityPolicy)
    .send(content)

/**
 * The API document with this server as the only one. The leave has no body here: Swagger UI fills one in, which
 * then names another room than the parameter.
 */
const makeLocalDocument = async (): Promise<string> => {
  const { parse } = await import('yaml')
  const document = parse(await readFile(apiDocument, 'utf8')) as ApiDocument
  delete document.paths['/chat/leave'].post.requestBody
  return JSON.stringify({ ...document, servers: [{ url: '/' }] })
}

interface ApiDocument {
  paths: { '/chat/leave': { post: { requestBody?: object } } }
}
