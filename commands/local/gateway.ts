import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Route } from '../../lib/routes.ts'
import { findPath, makeApiEvent, makeRequestId } from './api-event.ts'
import { type ApiResponse, type ApiFunction, invoke } from './invoke.ts'
import type { Issuer } from './issuer.ts'
import { explainBadHost } from './local-hosts.ts'
import { isPreflight, makeCorsHeaders } from './local-origins.ts'

/** A route of the API, and the function that serves it. */
export type ServedRoute = Pick<Route, 'method' | 'path'> & { handler: ApiFunction }

const maxBodyBytes = 10 * 1024 * 1024

const noCompiler = () => () => {
  throw new Error('a route has a JSON Schema: remove schemaController in commands/local/gateway.ts')
}

/**
 * An HTTP API with a JWT authorizer on every route, as API Gateway runs it: the same events towards the functions,
 * and towards callers the same headers, CORS, and responses of its own (400, 401, 403, 404, 413 and 500).
 * test/commands/local/gateway-likeness.test.ts compares it with what AWS documents, and lists what differs.
 */
export const createGateway = (routes: ServedRoute[], issuer: Issuer): FastifyInstance => {
  const app = Fastify({
    bodyLimit: maxBodyBytes,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    genReqId: makeRequestId,
    // No route has a JSON Schema. Loading the compilers of Fastify would add 50 ms to each start.
    schemaController: {
      compilersFactory: { buildValidator: noCompiler, buildSerializer: noCompiler },
    },
    // Hooks do not run for these.
    frameworkErrors: (_error, request, reply: FastifyReply) => {
      void refuse(request, reply.header('apigw-requestid', request.id), 400, 'Bad Request')
    },
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body)
  })
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('apigw-requestid', request.id)
    const reason = explainBadHost(request)
    if (reason === undefined) done()
    else void refuse(request, reply, 403, reason)
  })
  app.addHook('onRequest', (request, reply, done) => {
    // Functions interpret the content type themselves, even an invalid one.
    delete request.headers['content-type']
    void reply.headers(makeCorsHeaders(request))
    if (isPreflight(request)) void reply.code(204).send()
    else done()
  })
  app.addHook('onSend', (_request, reply, payload, done) => {
    // API Gateway's 401 is the one response without a content type.
    if (reply.statusCode === 401) void reply.removeHeader('content-type')
    done(null, payload)
  })
  app.setNotFoundHandler((request, reply) => refuse(request, reply, 404, 'Not Found'))
  app.setErrorHandler((error: { statusCode?: number }, request, reply) => {
    if (error.statusCode === 413) return refuse(request, reply, 413, 'Request Entity Too Large')
    if (error.statusCode !== undefined && error.statusCode < 500)
      return refuse(request, reply, 400, 'Bad Request')
    console.error(error)
    return fail(request, reply)
  })
  issuer.routes(app)
  for (const route of routes)
    app.route({
      method: route.method,
      url: route.path,
      handler: async (request, reply) => {
        const { authorization } = request.headers
        if (!authorization) return refuseToken(request, reply)
        const verified = await issuer.verify(authorization.replace(/^Bearer /i, ''))
        if ('reason' in verified) return refuseToken(request, reply, verified.reason)
        const event = makeApiEvent(route, request, verified.claims)
        const response = await invoke(route.handler, event)
        return response ? send(reply, response) : fail(request, reply)
      },
    })
  return app
}

/** @param reason undefined without a token */
const refuseToken = (request: FastifyRequest, reply: FastifyReply, reason?: string) => {
  const challenge =
    reason === undefined
      ? 'Bearer'
      : `Bearer scope="" error="invalid_token" error_description="${reason}"`
  return refuse(request, reply.header('www-authenticate', challenge), 401, 'Unauthorized', reason)
}

const fail = (request: FastifyRequest, reply: FastifyReply) =>
  refuse(request, reply, 500, 'Internal Server Error')

/** Responds in place of a function, and writes a line to the log, since no function does. */
const refuse = (
  { id, method, url }: FastifyRequest,
  reply: FastifyReply,
  statusCode: number,
  message: string,
  authorizerError?: string,
) => {
  const request = `${method} ${findPath(url)}`
  console.log(JSON.stringify({ requestId: id, request, status: statusCode, authorizerError }))
  return send(reply, {
    statusCode,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message }),
  })
}

/** API Gateway sets this type on a function's response without one, even on a 304. */
const defaultType = 'text/plain; charset=utf-8'

const send = (reply: FastifyReply, response: ApiResponse) => {
  const { statusCode = 200, headers = {}, body, isBase64Encoded = false } = response
  return reply
    .code(statusCode)
    .type(defaultType)
    .headers(headers as Record<string, string>)
    .send(body === undefined ? body : Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'))
}
