import { expect, test } from '@jest/globals'
import { type App, Stack, Validations } from 'aws-cdk-lib'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { AwsSolutionsChecks } from 'cdk-nag'
import { addStacks } from '../../infra/stacks.ts'
import { readSettings } from '../../infra/settings.ts'
import { createApp } from './create-app.ts'
import { everyOption } from './every-option.ts'

const appOf = (context: Record<string, unknown>): App => {
  const app = createApp()
  addStacks(app, readSettings(context))
  return app
}

test.each<Record<string, unknown>>([
  { stage: 'dev' },
  { stage: 'dev-ann' },
  { stage: 'staging' },
  { stage: 'prod' },
  { stage: 'prod', ...everyOption },
])(
  'AwsSolutions finds nothing, neither error nor warning, in %j',
  (context) => {
    const app = appOf(context)
    app.synth()
    expect(new AwsSolutionsChecks().validateScope(app)).toEqual({ success: true, violations: [] })
  },
  60_000,
)

test('a finding fails the synth', () => {
  const app = appOf({})
  new Topic(app.node.children[0] as Stack, 'Open')
  expect(() => app.synth()).toThrow(/AwsSolutions-SNS3/)
}, 60_000)

/** The acknowledged findings, each with its place and its reason. */
const acknowledged = (app: App) =>
  app.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries(data as Record<string, string>))
      .map(([rule, reason]) => ({
        where: `${node.path} ${rule.replace('Annotation::', '')}`,
        reason,
      })),
  )

test('few findings are acknowledged, each on one resource and with a reason', () => {
  const all = acknowledged(appOf({ stage: 'prod' }))
  const alarms = 'AwsSolutions-IAM5[Resource::*]'
  expect(all.map(({ where }) => where)).toEqual([
    'chat-inbox-prod-api/UserPool AwsSolutions-COG2',
    'chat-inbox-prod-api/UserPool AwsSolutions-COG8',
    `chat-inbox-prod-api/list-personal-chats/Canary/Role ${alarms}`,
    `chat-inbox-prod-api/list-group-chats/Canary/Role ${alarms}`,
    `chat-inbox-prod-api/list-all-chats/Canary/Role ${alarms}`,
    `chat-inbox-prod-api/leave-chat/Canary/Role ${alarms}`,
    'chat-inbox-prod-events/UndeliveredEvents AwsSolutions-SQS3',
    'chat-inbox-prod-events/UnpublishedChanges AwsSolutions-SQS3',
    `chat-inbox-prod-events/apply-chat-events/Canary/Role ${alarms}`,
    `chat-inbox-prod-events/project-large-rooms/Canary/Role ${alarms}`,
    `chat-inbox-prod-events/publish-changes/Canary/Role ${alarms}`,
  ])
  for (const { reason } of all) expect(reason).toMatch(/\.$/)
})
