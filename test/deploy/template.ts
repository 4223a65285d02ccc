/** The parts of a CloudFormation template that this test reads. */
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

/** The id and the kind of each removed resource. */
export type Stripped = [id: string, kind: string][]

/** The kinds of resources that the emulator does not support, each with a function that recognizes them. */
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
 * Removes the resources that the emulator does not support from a template, for this test only. References to
 * them get a placeholder. No request and no event needs these resources.
 * @returns the remaining template, and the removed resources
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
