import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cleanEnvironment, type Owned } from '../support/owned.ts'

/** A function as CloudFormation would create it from the template. */
export interface DeployedFunction {
  /** Of its file in functions/, without the extension. */
  name: string
  /** The folder that is uploaded as its code. */
  code: string
  handler: string
  /** In MB. */
  memorySize: number
  timeoutMs: number
  environment: Record<string, string>
}

interface Template {
  Resources: Record<string, Resource>
  Outputs?: Record<string, { Value: unknown; Export?: { Name: string } }>
}

interface Resource {
  Type: string
  Properties: Record<string, any>
  Metadata: Record<string, string>
}

const limitMs = 60_000

/**
 * Synthesizes the app for prod, and reads its functions.
 * @param tableName the table that takes the place of the app's
 */
export const synthesize = async (
  { directory, run }: Owned,
  tableName: string,
): Promise<DeployedFunction[]> => {
  const assembly = join(directory, 'cdk.out')
  await run(process.execPath, [join('test', 'runtime', 'synthesize.ts'), assembly], {
    env: cleanEnvironment(directory),
    limitMs,
  })
  const templates = readdirSync(assembly)
    .filter((name) => name.endsWith('.template.json'))
    .map((name) => JSON.parse(readFileSync(join(assembly, name), 'utf8')) as Template)

  /**
   * A text stays as it is. The import of the table's name becomes the name of this table. No test here sends a message,
   * so the URL of a queue leads nowhere. The bus of a test has any name.
   */
  const resolve = (value: unknown): string => {
    if (typeof value === 'string') return value
    if (isTableName(value, templates)) return tableName
    if (isOfType('AWS::Events::EventBus', value, templates)) return 'bus'
    if (isOfType('AWS::SQS::Queue', value, templates))
      return 'https://sqs.us-east-1.amazonaws.com/123456789012/none'
    throw new Error(
      `This environment variable of a function is neither a text nor the name of the table nor a queue nor a bus: ${JSON.stringify(value)}`,
    )
  }

  return templates
    .flatMap(({ Resources }) => Object.values(Resources))
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Properties, Metadata }) => ({
      name: Metadata['aws:cdk:path']!.split('/').at(1)!,
      code: join(assembly, Metadata['aws:asset:path']!),
      handler: Properties['Handler'],
      memorySize: Properties['MemorySize'],
      timeoutMs: Properties['Timeout'] * 1000,
      environment: {
        // Lambda tells the runtime client the format.
        AWS_LAMBDA_LOG_FORMAT: Properties['LoggingConfig'].LogFormat,
        ...Object.fromEntries(
          Object.entries(Properties['Environment'].Variables).map(([key, value]) => [
            key,
            resolve(value),
          ]),
        ),
      },
    }))
}

/** Whether a value refers to a resource of this type in the same template. */
const isOfType = (type: string, value: unknown, templates: Template[]): boolean => {
  const { Ref } = value as { Ref?: string }
  return Ref !== undefined && templates.some(({ Resources }) => Resources[Ref]?.Type === type)
}

/** Whether a value imports what another stack exports: the name of the table. */
const isTableName = (value: unknown, templates: Template[]): boolean => {
  const { 'Fn::ImportValue': imported } = value as Record<string, unknown>
  return templates.some(({ Resources, Outputs = {} }) =>
    Object.values(Outputs).some(({ Value, Export }) => {
      const { Ref } = Value as { Ref?: string }
      const isTable = Ref !== undefined && Resources[Ref]?.Type === 'AWS::DynamoDB::GlobalTable'
      return isTable && Export !== undefined && Export.Name === imported
    }),
  )
}
