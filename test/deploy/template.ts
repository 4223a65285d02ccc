/** What of a CloudFormation template matters here. */
export interface Template {
  Resources: Record<string, Resource>
  Outputs?: Record<string, unknown>
}

interface Resource {
  Type: string
  Properties?: Record<string, unknown>
  DependsOn?: string | string[]
  UpdatePolicy?: Record<string, unknown>
}

/** Ids of resources, each with its kind. */
export type Stripped = [id: string, kind: string][]

/** What the emulator refuses to make, in words, each with how to know it. */
const refused: [string, (resource: Resource) => boolean][] = [
  ['CodeDeploy', ({ Type }) => Type.startsWith('AWS::CodeDeploy::')],
  ['composite alarm', ({ Type }) => Type === 'AWS::CloudWatch::CompositeAlarm'],
  [
    'alarm on metric math',
    ({ Type, Properties }) =>
      Type === 'AWS::CloudWatch::Alarm' && Properties?.['Metrics'] !== undefined,
  ],
]

/**
 * Takes what the emulator refuses out of a template, for this test only. What refers to it stays, and
 * refers to a name that means nothing: none of it has a part in answering a request or an event.
 * @returns the template that is left, and of what was stripped the kind of each id
 */
export const strip = (template: Template): { template: Template; stripped: Stripped } => {
  const gone = new Map<string, string>()
  for (const [id, resource] of Object.entries(template.Resources)) {
    const kind = refused.find(([, matches]) => matches(resource))?.[0]
    if (kind !== undefined) gone.set(id, kind)
  }
  const kept = Object.entries(template.Resources).filter(([id]) => !gone.has(id))
  const resources = Object.fromEntries(
    kept.map(([id, { DependsOn, ...resource }]) => {
      const dependencies = [DependsOn ?? []].flat().filter((dependency) => !gone.has(dependency))
      return [id, { ...resource, ...(DependsOn && { DependsOn: dependencies }) }]
    }),
  )
  return {
    template: withoutReferences({ ...template, Resources: resources }, gone) as Template,
    stripped: [...gone],
  }
}

const withoutReferences = (value: unknown, gone: ReadonlyMap<string, string>): unknown => {
  if (Array.isArray(value)) return value.map((item) => withoutReferences(item, gone))
  if (typeof value !== 'object' || value === null) return value
  const { Ref, 'Fn::GetAtt': attribute } = value as Record<string, unknown>
  const target = Array.isArray(attribute) ? (attribute[0] as unknown) : Ref
  if (typeof target === 'string' && gone.has(target)) return `stripped-${target}`
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withoutReferences(item, gone)]),
  )
}
