import { Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { ApiStack } from '../../infra/api-stack.ts'
import { EventsStack } from '../../infra/events-stack.ts'
import type { InboxFunction } from '../../infra/inbox-function.ts'
import { readSettings } from '../../infra/settings.ts'
import { store } from '../../lib/deps.ts'
import { createApp } from '../infra/create-app.ts'
import { arnOfTable } from './needed-permissions.ts'
import { onCall, statementsOf, table } from './templates.ts'

const app = createApp()
const props = {
  settings: readSettings({ changes: 'true', badges: 'true' }),
  table: { ...table, tableArn: arnOfTable(store.tableName) },
  onCall,
}
const { functions: ofApi } = new ApiStack(app, 'api', props)
const { applyChatEvents, projectLargeRooms, publishChanges } = new EventsStack(app, 'events', props)
const functions = new Map<string, InboxFunction>([
  ...ofApi,
  ['apply-chat-events', applyChatEvents],
  ['project-large-rooms', projectLargeRooms],
  ['publish-changes', publishChanges],
])

/**
 * What the synthesized role of a function allows in DynamoDB, in the form of `listNeeded`. A statement with a
 * wildcard or a condition never equals what a function needs: before you use one, add its evaluation here.
 */
export const listGranted = (functionName: string): string[] => {
  const role = functions.get(functionName)!.function.role!
  const stack = Stack.of(role)
  const [roleId] = stack.resolve(role.roleArn)['Fn::GetAtt']
  return statementsOf(Template.fromStack(stack), roleId)
    .flatMap(formatStatement)
    .filter((permission) => !/^(events|logs|sqs):|[/]stream[/]/.test(permission))
    .sort()
}

const formatStatement = ({ Effect, Action, Resource, ...others }: any): string[] => {
  const prefix = Effect === 'Allow' ? '' : `${Effect} `
  const suffix = Object.keys(others).length === 0 ? '' : ` ${JSON.stringify(others)}`
  return [Action]
    .flat()
    .flatMap((action) =>
      [Resource].flat().map((resource) => `${prefix}${action} on ${resource}${suffix}`),
    )
}
