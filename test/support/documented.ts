import assert from 'node:assert/strict'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { apiOperations, type OperationId, type Response } from './api-document.ts'
import type { ApiResponse } from './read-response.ts'

/** The document lets clients accept further fields. Our responses have none. */
const close = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(close)
  if (typeof schema !== 'object' || schema === null) return schema
  const closed = Object.fromEntries(Object.entries(schema).map(([key, part]) => [key, close(part)]))
  return 'properties' in schema ? { additionalProperties: false, ...closed } : closed
}

/** Responses show times in UTC, without the milliseconds if there are none. */
const isShownTime = (text: string): boolean =>
  new Date(text).toISOString().replace('.000Z', 'Z') === text

const ajv = new Ajv2020({ formats: { int32: true, int64: true, 'date-time': isShownTime } })

const validators = new Map<object, ValidateFunction>()

const compile = (schema: object): ValidateFunction => {
  const known = validators.get(schema)
  if (known) return known
  const validate = ajv.compile(close(schema) as object)
  validators.set(schema, validate)
  return validate
}

/**
 * Expects that docs/openapi.yaml describes a response: its status, headers and body, and the code of an error.
 * @throws AssertionError naming what it does not describe
 */
export const expectDocumented = (
  id: OperationId,
  { status, headers, body }: Pick<ApiResponse, 'status' | 'headers' | 'body'>,
): void => {
  const response = apiOperations.get(id)!.responses[status]
  assert.ok(response, `${id} has no status ${status}`)
  expectHeaders(`${id} ${status}`, response.headers, headers)
  const json = response.content?.['application/json']
  if (json === undefined) {
    assert.equal(body, undefined, `${id} ${status} has no body`)
    return
  }
  const type = headers['content-type']
  // API Gateway's 401 is the one response without a content type.
  if (status === 401) assert.equal(type, undefined)
  else assert.match(type!, /^application\/json/)
  const validate = compile(json.schema)
  const isValid: boolean = validate(body)
  assert.ok(isValid, `${id} ${status}: ${ajv.errorsText(validate.errors)}`)
  // An error of API Gateway has a message alone.
  if (body.message !== undefined) {
    assert.deepEqual(body, json.examples['gateway']?.value)
    return
  }
  assert.equal(body.error, status !== 200)
  if (body.data) assert.equal(body.data.status, status)
  if (body.error)
    assert.ok(json.examples[body.data.code], `${id} ${status} has no code ${body.data.code}`)
}

/** Headers of every body and every connection. */
const undocumented = ['content-type', 'content-length', 'connection', 'keep-alive', 'date']

const expectHeaders = (
  where: string,
  documented: Response['headers'],
  headers: Record<string, string>,
): void => {
  const names = new Set([
    ...undocumented,
    ...Object.keys(documented).map((name) => name.toLowerCase()),
  ])
  for (const name of Object.keys(headers))
    assert.ok(names.has(name), `${where} has no header ${name}`)
  for (const [name, { required }] of Object.entries(documented))
    assert.ok(!required || headers[name.toLowerCase()], `${where} is missing ${name}`)
}
