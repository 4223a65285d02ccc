import { readFileSync } from 'node:fs'
import { Validator } from '@seriousme/openapi-schema-validator'
import { parse } from 'yaml'
import type { operations } from '../../docs/openapi.d.ts'

export type OperationId = keyof operations

/** A JSON Schema. These are the keywords that tests read by name. */
export interface Schema {
  format?: string
  minimum?: number
  maximum?: number
  maxItems?: number
  description?: string
  enum?: string[]
  required?: string[]
  properties?: Record<string, Schema>
}

export interface Response {
  headers: Record<string, { required?: boolean }>
  content?: { 'application/json': { schema: Schema; examples: Record<string, { value: any }> } }
}

export interface Operation {
  operationId: OperationId
  parameters: { name: string; schema: Schema }[]
  responses: Record<string, Response>
}

interface ApiDocument {
  info: { version: string }
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

export const apiDocumentText = readFileSync(
  new URL('../../docs/openapi.yaml', import.meta.url),
  'utf8',
)

/** docs/openapi.yaml, with what a `$ref` names in the place of each. */
export const apiDocument = new Validator().resolveRefs({
  specification: parse(apiDocumentText) as Record<string, unknown>,
}) as unknown as ApiDocument

export const apiOperations = new Map(
  Object.values(apiDocument.paths)
    .flatMap((path) => Object.values(path))
    .map((operation) => [operation.operationId, operation]),
)

/** The operation of each path. */
export const operationsByPath: Record<string, OperationId> = Object.fromEntries(
  Object.entries(apiDocument.paths).map(([path, methods]) => [
    path,
    Object.values(methods)[0]!.operationId,
  ]),
)
