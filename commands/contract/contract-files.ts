import openapiTs, { astToString, type OpenAPI3 } from 'openapi-typescript'
import { format, resolveConfig } from 'prettier'
import { stringify } from 'yaml'
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
  ]
  return Promise.all(files.map(formatFile))
}

/** Quotes what YAML 1.1 would not read as a string, such as a time: many tools read that version. */
const toYaml = (document: object): string =>
  `# ${generated}\n${stringify(document, { aliasDuplicateObjects: false, compat: 'yaml-1.1', lineWidth: 100 })}`

/** The types of the API for openapi-fetch. */
const makeTypes = async (document: object): Promise<string> =>
  astToString(await openapiTs(document as OpenAPI3))

const formatFile = async ({ path, text }: ContractFile): Promise<ContractFile> => ({
  path,
  text: await format(text, { ...(await resolveConfig(path)), filepath: path }),
})
