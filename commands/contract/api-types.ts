import openapiTs, { astToString, type OpenAPI3 } from 'openapi-typescript'
import { parse } from 'yaml'
import { CannotRun } from '../command.ts'

/**
 * Makes the types of the API for openapi-fetch.
 * @param document docs/openapi.yaml
 * @throws CannotRun if it is not YAML, or a `$ref` names nothing
 */
export const makeApiTypes = async (document: string): Promise<string> => {
  try {
    return astToString(await openapiTs(inlineHeaders(parse(document) as OpenAPI3)))
  } catch (error) {
    throw new CannotRun(`docs/openapi.yaml has a mistake: ${(error as Error).message}`)
  }
}

/** openapi-typescript takes every header that is a `$ref` for one that is required. */
const inlineHeaders = (document: OpenAPI3): OpenAPI3 => {
  const headers = new Map(
    Object.entries(document.components?.headers ?? {}).map(([name, header]) => [
      `#/components/headers/${name}`,
      header,
    ]),
  )
  const inlined = JSON.stringify(
    document,
    (_, part: { $ref?: string } | null) => headers.get(part?.$ref ?? '') ?? part,
  )
  return JSON.parse(inlined) as OpenAPI3
}
