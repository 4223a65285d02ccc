import { readFileSync } from 'node:fs'
import { beforeAll, expect, test } from '@jest/globals'
import { Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { readSettings } from '../../infra/settings.ts'
import { addStacks } from '../../infra/stacks.ts'
import { createApp } from './create-app.ts'

interface Resource {
  Type: string
  Properties: Record<string, any>
}

const stacksOf = (context: Record<string, unknown>): Stack[] => {
  const app = createApp()
  addStacks(app, readSettings(context))
  return app.node.children.filter((child) => child instanceof Stack)
}

const resourcesOf = (stacks: Stack[]): Resource[] =>
  stacks.flatMap((stack) => Object.values(Template.fromStack(stack).toJSON()['Resources']))

let stacks: Stack[]
let resources: Resource[]

beforeAll(() => {
  stacks = stacksOf({ stage: 'prod' })
  resources = resourcesOf(stacks)
}, 60_000)

const ofType = (type: string): Resource[] => resources.filter(({ Type }) => Type === type)

test('each stack refers only to stacks before it', () => {
  const names = stacks.map(({ stackName }) => stackName)
  expect(names).toEqual([
    'chat-inbox-prod-data',
    'chat-inbox-prod-alarms',
    'chat-inbox-prod-api',
    'chat-inbox-prod-events',
    'chat-inbox-prod-dashboard',
  ])
  const before = (name: string) => names.slice(0, names.indexOf(name))
  for (const stack of stacks)
    expect(before(stack.stackName)).toEqual(
      expect.arrayContaining(stack.dependencies.map(({ stackName }) => stackName)),
    )
})

test.each([
  ['prod', true],
  ['staging', true],
  ['dev', false],
  ['dev-ann', false],
])('the stacks of %s are protected from deletion: %j', (stage, isProtected) => {
  const protections = stacksOf({ stage }).map(({ terminationProtection }) => terminationProtection)
  expect(new Set(protections)).toEqual(new Set([isProtected]))
})

test('all logs are kept for a limited time', () => {
  expect(ofType('AWS::Logs::LogGroup')).toHaveLength(8)
  for (const { Properties } of ofType('AWS::Logs::LogGroup'))
    expect(Properties['RetentionInDays']).toBe(90)
})

test('every resource that can have tags has the application and the stage', () => {
  const untaggable = new Set([
    'AWS::ApiGatewayV2::Authorizer',
    'AWS::ApiGatewayV2::Integration',
    'AWS::ApiGatewayV2::Route',
    'AWS::CDK::Metadata',
    'AWS::CloudWatch::Dashboard',
    'AWS::Cognito::UserPoolClient',
    'AWS::IAM::Policy',
    'AWS::Lambda::Alias',
    'AWS::Lambda::Permission',
    'AWS::Lambda::Version',
    'AWS::SNS::TopicPolicy',
    'AWS::SQS::QueuePolicy',
  ])
  const tagsOf = ({ Properties }: Resource) => {
    const { Tags, UserPoolTags, Replicas } = Properties
    return Tags ?? UserPoolTags ?? Replicas?.[0].Tags
  }
  const asList = [
    { Key: 'application', Value: 'chat-inbox' },
    { Key: 'chat-inbox:stage', Value: 'prod' },
  ]
  const asMap = { application: 'chat-inbox', 'chat-inbox:stage': 'prod' }
  const taggable = resources.filter(({ Type }) => !untaggable.has(Type))
  for (const resource of taggable) {
    const tags = tagsOf(resource)
    expect([resource.Type, tags]).toEqual([resource.Type, Array.isArray(tags) ? asList : asMap])
  }
})

test('every alarm is on the dashboard', () => {
  const [dashboard] = ofType('AWS::CloudWatch::Dashboard')
  const alarms = ofType('AWS::CloudWatch::Alarm')
  expect(alarms).not.toHaveLength(0)
  const shown = JSON.stringify(dashboard)
  for (const { Properties } of alarms)
    expect(shown).toContain(`:alarm:${Properties['AlarmName']}\\`)
})

test('other stacks import the name of the table, so that it cannot be replaced', () => {
  const exported = Object.values<any>(Template.fromStack(stacks[0]!).findOutputs('*')).map(
    ({ Export }) => Export?.Name,
  )
  const api = JSON.stringify(Template.fromStack(stacks[2]!).toJSON())
  const imported = exported.filter((name) => api.includes(`{"Fn::ImportValue":"${name}"}`))
  expect(imported).toEqual([
    expect.stringContaining('RefTable'),
    expect.stringContaining('GetAttTable'),
  ])
})

test('the first call of the README reads outputs that the stacks have', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const read = [...readme.matchAll(/\$\(output (\w+) (\w+)\)/g)]
  expect(read).toHaveLength(4)
  for (const [, stack, output] of read) {
    const found = stacks.find(({ stackName }) => stackName === `chat-inbox-prod-${stack}`)!
    expect(Object.keys(Template.fromStack(found).findOutputs('*'))).toContain(output)
  }
})
