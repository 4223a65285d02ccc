import openapiTs, { astToString, type OpenAPI3 } from 'openapi-typescript'
import { format, resolveConfig } from 'prettier'
import { stringify } from 'yaml'
import { makeAsyncApiDocument } from './asyncapi-document.ts'
import { type JsonSchema, publishedSchemas, sentSchemas } from './event-schemas.ts'
import { makeOpenApiDocument } from './openapi-document.ts'

/** A file that describes the API or the events. Its path is relative to the folder of the project. */
export interface ContractFile {
  path: string
  text: string
}

const generated = 'Made by npm run openapi. Change commands/contract instead.'

/** Makes the files that describe the API and the events, formatted as all files are. */
export const makeContractFiles = async (): Promise<ContractFile[]> => {
  const openApi = makeOpenApiDocument()
  const files = [
    { path: 'docs/openapi.yaml', text: toYaml(openApi) },
    { path: 'docs/openapi.d.ts', text: `// ${generated}\n\n${await makeTypes(openApi)}` },
    { path: 'docs/asyncapi.yaml', text: toYaml(makeAsyncApiDocument()) },
    ...makeSchemaFiles('docs/schemas', sentSchemas),
    ...makeSchemaFiles('docs/schemas/published', publishedSchemas),
  ]
  return Promise.all(files.map(formatFile))
}

/** Only patterns have such characters, and always in double quotes. */
const escapeInvisible = (text: string): string =>
  text.replace(
    /[\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** Quotes what YAML 1.1 would not read as a string, such as a time: many tools read that version. */
const toYaml = (document: object): string =>
  `# ${generated}\n${stringify(document, { aliasDuplicateObjects: false, compat: 'yaml-1.1', lineWidth: 100 })}`

/** A file for each detail-type, complete in itself. */
const makeSchemaFiles = (folder: string, schemas: Record<string, JsonSchema>): ContractFile[] =>
  Object.entries(schemas).map(([type, schema]) => ({
    path: `${folder}/${type}.json`,
    text: JSON.stringify({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $comment: generated,
      title: `The detail of ${type}`,
      ...schema,
    }),
  }))

/** The types of the API for openapi-fetch. */
const makeTypes = async (document: object): Promise<string> =>
  astToString(await openapiTs(document as OpenAPI3))

const formatFile = async ({ path, text }: ContractFile): Promise<ContractFile> => ({
  path,
  text: await format(escapeInvisible(text), { ...(await resolveConfig(path)), filepath: path }),
})
