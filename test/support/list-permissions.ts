import { CfnElement, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'

interface Resource {
  Type: string
  Properties: Record<string, any>
}

/**
 * Lists everything that the policies of some stacks say, one line for each action on each resource:
 * `publish-changes/Role may events:PutEvents on Bus`. Names are the paths of the constructs. It finds the statements of all
 * policies, whatever resource they belong to, and which resource acts as which role.
 */
export const listPermissions = (stacks: Stack[]): string[] => {
  const exports = new Map(stacks.flatMap(listExports))
  return stacks.flatMap((stack) => {
    const name = makeNamer(stack, exports)
    const resources: Record<string, Resource> = Template.fromStack(stack).toJSON()['Resources']
    return Object.entries(resources).flatMap(([id, { Type, Properties }]) => {
      const owner = name({ Ref: id })
      if (Type === 'AWS::Lambda::Permission') return [formatPermission(Properties, name)]
      const holders = Type === 'AWS::IAM::Policy' ? Properties['Roles'].map(name) : [owner]
      return [
        ...findAll(Properties, ['Statement']).flatMap((statement) =>
          formatStatement(statement, holders, name),
        ),
        ...findAll(Properties, ['Role', 'RoleArn', 'ServiceRoleArn']).map(
          (role) => `${owner} acts as ${name(role)}`,
        ),
        ...findAll(Properties, ['ManagedPolicyArns']).map((arn) => `${owner} has ${name(arn)}`),
      ]
    })
  })
}

/** A reference in a template as a name. */
type Namer = (value: any) => string

const makeNamer = (stack: Stack, exports: Map<string, string>): Namer => {
  const paths = new Map(listPaths(stack))
  const name: Namer = (value) => {
    if (typeof value === 'string') return value
    const [[intrinsic, argument]] = Object.entries<any>(value) as [[string, any]]
    switch (intrinsic) {
      case 'Ref':
        return paths.get(argument) ?? `<${argument.replace('AWS::', '')}>`
      case 'Fn::GetAtt':
        return formatAttribute(paths.get(argument[0])!, argument[1])
      case 'Fn::ImportValue':
        return exports.get(argument)!
      case 'Fn::Join':
        return argument[1].map(name).join('')
      default:
        throw new Error(`${intrinsic} has no name yet: ${JSON.stringify(value)}`)
    }
  }
  return name
}

/** The path of each resource of a stack, by its logical id. */
const listPaths = (stack: Stack): [string, string][] =>
  stack.node
    .findAll()
    .filter((construct) => CfnElement.isCfnElement(construct))
    .map((element) => [
      stack.resolve(element.logicalId),
      element.node.path.replace(`${stack.node.path}/`, '').replace(/\/Resource$/, ''),
    ])

/** What the exports of a stack stand for, by their names. */
const listExports = (stack: Stack): [string, string][] => {
  const name = makeNamer(stack, new Map())
  const outputs = Object.values<any>(Template.fromStack(stack).findOutputs('*'))
  return outputs.flatMap(({ Export, Value }) =>
    Export === undefined ? [] : [[Export.Name, name(Value)]],
  )
}

const formatAttribute = (path: string, attribute: string): string =>
  attribute === 'Arn' ? path : `${path} ${attribute}`

/** All values of properties with one of these names, at any depth, with lists taken apart. */
const findAll = (value: unknown, keys: string[]): any[] => {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    keys.includes(key) ? [inner].flat() : findAll(inner, keys),
  )
}

/** @param holders what the policy belongs to: those who may, or, in the policy of a resource, the resource */
const formatStatement = (statement: any, holders: string[], name: Namer): string[] => {
  const { Effect, Principal, Action, Resource, Condition, ...others } = statement
  const unknown = Object.keys(others).filter((element) => element !== 'Sid')
  if (unknown.length > 0)
    throw new Error(`a statement has ${unknown.join(', ')}, which is not listed yet`)
  const principals = Principal === undefined ? holders : formatPrincipals(Principal, name)
  const resources = Resource === undefined ? holders : [Resource].flat().map(name)
  const may = Effect === 'Allow' ? 'may' : 'may not'
  return principals.flatMap((who) =>
    [Action]
      .flat()
      .flatMap((action) =>
        resources.map(
          (resource) => `${who} ${may} ${action} on ${resource}${formatCondition(Condition, name)}`,
        ),
      ),
  )
}

const formatPrincipals = (principal: any, name: Namer): string[] =>
  principal === '*' ? ['*'] : Object.values(principal).flat().map(name)

const formatCondition = (condition: Record<string, object> = {}, name: Namer): string =>
  Object.entries(condition)
    .flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, value]) => ` if ${key} ${operator} ${name(value)}`),
    )
    .join('')

const formatPermission = (
  { Principal, Action, FunctionName, ...conditions }: Record<string, any>,
  name: Namer,
): string => {
  const conditionLines = Object.entries(conditions).map(
    ([key, value]) => ` if ${key} ${name(value)}`,
  )
  return `${Principal} may ${Action} on ${name(FunctionName)}${conditionLines.join('')}`
}
