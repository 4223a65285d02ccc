import { format, resolveConfig } from 'prettier'
import { stringify } from 'yaml'
import { makeApiTypes } from './api-types.ts'
import { makeAsyncApiDocument } from './asyncapi-document.ts'
import { type JsonSchema, publishedSchemas, sentSchemas, severalSchemas } from './event-schemas.ts'

/** A file made from another source. Its path is relative to the folder of the project. */
export interface ContractFile {
  path: string
  text: string
}

const ofApi = 'Made by npm run contract from docs/openapi.yaml. Change that instead.'
const ofEvents =
  'Made by npm run contract from lib/events/schemas.ts and commands/contract. Change those instead.'

/**
 * Makes the types of the API and the files that describe the events, formatted as all files are.
 * @param apiDocument docs/openapi.yaml
 * @throws CannotRun if the document has a mistake
 */
export const makeContractFiles = async (apiDocument: string): Promise<ContractFile[]> => {
  const files = [
    { path: 'docs/openapi.d.ts', text: `// ${ofApi}\n\n${await makeApiTypes(apiDocument)}` },
    { path: 'docs/asyncapi.yaml', text: toYaml(makeAsyncApiDocument()) },
    ...makeSchemaFiles('docs/schemas', { ...sentSchemas, ...severalSchemas }),
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
  `# ${ofEvents}\n${stringify(document, { aliasDuplicateObjects: false, compat: 'yaml-1.1', lineWidth: 100 })}`

/** A file for each detail-type, complete in itself. */
const makeSchemaFiles = (folder: string, schemas: Record<string, JsonSchema>): ContractFile[] =>
  Object.entries(schemas).map(([type, schema]) => ({
    path: `${folder}/${type}.json`,
    text: JSON.stringify({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $comment: ofEvents,
      title: `The detail of ${type}`,
      ...schema,
    }),
  }))

const formatFile = async ({ path, text }: ContractFile): Promise<ContractFile> => ({
  path,
  text: await format(escapeInvisible(text), { ...(await resolveConfig(path)), filepath: path }),
})
