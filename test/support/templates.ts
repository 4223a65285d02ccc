import type { App, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { readSettings, type Settings } from '../../infra/settings.ts'
import { createApp } from '../infra/create-app.ts'

/** The table to which the stacks under test refer, and what their alarms do. */
export const table = {
  tableName: 'chat',
  tableArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/chat',
  tableStreamArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/chat/stream/2026-01-01',
}
export const onCall = {
  topicArn: 'arn:aws:sns:eu-west-1:111122223333:alarms',
  runbook: 'docs/operations.md',
}

/** The template of one stack with the settings of a context. */
export const templateOf = (
  createStack: (app: App, settings: Settings) => Stack,
  context: Record<string, unknown> = {},
): Template => Template.fromStack(createStack(createApp(), readSettings(context)))

/** The properties of all resources of a type. */
export const propertiesOf = (template: Template, type: string): Record<string, any>[] =>
  Object.values(template.findResources(type)).map((resource) => resource['Properties'])

/** The id of the only resource of a type. */
export const idOf = (template: Template, type: string): string => {
  template.resourceCountIs(type, 1)
  return Object.keys(template.findResources(type))[0]!
}

/** The properties of the only resource of a type. */
export const onlyOf = (template: Template, type: string): Record<string, any> =>
  resourceOf(template, idOf(template, type))

/** The properties of the resource with an id. */
export const resourceOf = (template: Template, id: string): Record<string, any> =>
  template.toJSON()['Resources'][id]['Properties']

/** The id and the properties of the alarm with a name. */
export const alarmOf = (template: Template, name: string): Record<string, any> => {
  const alarms = Object.entries(template.findResources('AWS::CloudWatch::Alarm'))
  const [id, alarm] = alarms.find(([, { Properties }]) => Properties.AlarmName === name)!
  return { id, ...alarm['Properties'] }
}

/** Everything that the policies of a role say. */
export const statementsOf = (template: Template, roleId: string): unknown[] => {
  const { Policies = [] } = resourceOf(template, roleId)
  const attached = propertiesOf(template, 'AWS::IAM::Policy').filter(({ Roles }) =>
    Roles.some(({ Ref }: { Ref: string }) => Ref === roleId),
  )
  return [...Policies, ...attached].flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
}
