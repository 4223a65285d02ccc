import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { EventRefused } from '../../lib/domain/errors.ts'
import { deliverEvents } from './deliver-events.ts'
import { isFromThisServer } from './event-origin.ts'

const folder = new URL('page/', import.meta.url)
const apiDocument = new URL('../../docs/openapi.yaml', import.meta.url)
const require = createRequire(import.meta.url)

/** The page asks nobody but this server, whatever chats contain. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

type Content = () => Promise<string>

/** Adds the inbox at `/`, the API document at `/docs`, and `POST /local/events`, with which they send events. */
export const servePage = (app: FastifyInstance): void => {
  const serve = (path: string, type: string, content: Content) => {
    app.get(path, async (_request, reply) => send(reply, type, await content()))
  }
  serve('/', 'text/html', pageFile('index.html'))
  serve('/local/page.css', 'text/css', pageFile('page.css'))
  serve('/local/page.js', 'text/javascript', bundle('app.tsx'))
  serve('/docs', 'text/html', pageFile('docs.html'))
  serve('/local/docs.js', 'text/javascript', bundle('docs.ts'))
  serve('/local/openapi.json', 'application/json', makeLocalDocument)
  for (const [file, type] of [
    ['swagger-ui.css', 'text/css'],
    ['swagger-ui-bundle.js', 'text/javascript'],
  ] as const)
    serve(`/local/${file}`, type, () =>
      readFile(require.resolve(`swagger-ui-dist/${file}`), 'utf8'),
    )

  app.post<{ Body: Buffer | undefined }>('/local/events', async (request, reply) => {
    if (!isFromThisServer(request))
      return reply.code(403).send({ message: 'Events are taken from pages of this server only.' })
    const [error] = await deliverEvents([String(request.body ?? '')])
    if (error === undefined) return {}
    if (error instanceof EventRefused) return reply.code(400).send({ message: error.message })
    console.error(error)
    return reply.code(500).send({
      message: 'The event could not be applied: see the output of npm start.',
    })
  })
}

const send = (reply: FastifyReply, type: string, content: string) =>
  reply
    .type(`${type}; charset=utf-8`)
    .header('cache-control', 'no-store')
    .header('content-security-policy', contentSecurityPolicy)
    .send(content)

const pageFile =
  (name: string): Content =>
  () =>
    readFile(new URL(name, folder), 'utf8')

/** Bundles on request: a start does not wait for it, and a change of the page needs no restart. */
const bundle =
  (entry: string): Content =>
  async () => {
    const { build } = await import('esbuild')
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL(entry, folder))],
      bundle: true,
      write: false,
      format: 'esm',
      target: 'es2024',
    })
    return outputFiles[0]!.text
  }

/**
 * The API document with this server as the only one. The leave has no body here: Swagger UI fills one in, which
 * then names another room than the parameter.
 */
const makeLocalDocument: Content = async () => {
  const { parse } = await import('yaml')
  const document = parse(await readFile(apiDocument, 'utf8')) as ApiDocument
  delete document.paths['/chat/leave'].post.requestBody
  return JSON.stringify({ ...document, servers: [{ url: '/' }] })
}

interface ApiDocument {
  paths: { '/chat/leave': { post: { requestBody?: object } } }
}
