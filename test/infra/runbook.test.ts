import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { addStacks } from '../../infra/stacks.ts'
import { readSettings } from '../../infra/settings.ts'
import { createApp } from './create-app.ts'

const operations = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8')
const [, chapter] = /\n## Alarms\n(.*?)\n## /s.exec(operations)!
const [, ...sections] = chapter!.split('\n### ').map((section) => {
  const [heading, ...text] = section.split('\n')
  return { heading: heading!, text: text.join('\n') }
})
const headings = sections.map(({ heading }) => heading)

const app = createApp()
addStacks(app, readSettings({ stage: 'prod' }))
const templates = app.node.children
  .filter((child) => child instanceof Stack)
  .map((stack) => Template.fromStack(stack))

/** The heading of an alarm's section: its name without its stack, and with FUNCTION for a function. */
const headingOf = (alarmName: string): string =>
  alarmName
    .replace(/^chat-inbox-prod-(alarms|api|events|dashboard)-/, '')
    .replace(/^.*-(errors|throttles)$/, (name, kind: string) =>
      name.startsWith('table-') || name.startsWith('server-') ? name : `FUNCTION-${kind}`,
    )

const alarms = templates.flatMap((template) =>
  Object.entries(template.findResources('AWS::CloudWatch::Alarm')).map(([id, { Properties }]) => ({
    id,
    heading: headingOf(Properties.AlarmName),
    description: Properties.AlarmDescription as string,
  })),
)

test('the runbook has a section for each alarm, and no other', () => {
  expect(alarms).toHaveLength(19)
  expect([...headings].sort()).toEqual([...new Set(alarms.map(({ heading }) => heading))].sort())
})

test('the description of each alarm names its section', () => {
  for (const { heading, description } of alarms)
    expect(description).toMatch(
      new RegExp(`[a-z]\\. More in docs/operations\\.md#${heading.toLowerCase()}\\.$`),
    )
})

test('each section says when the alarm goes off', () => {
  for (const { text } of sections) expect(text).toMatch(/^\nGoes off (at|if) /)
})

test('the runbook names the alarms that roll back a canary', () => {
  const groups = templates.flatMap((template) =>
    Object.values(template.findResources('AWS::CodeDeploy::DeploymentGroup')),
  )
  const ids = groups.flatMap(({ Properties }) =>
    Properties.AlarmConfiguration.Alarms.map(({ Name }: { Name: { Ref: string } }) => Name.Ref),
  )
  const rollingBack = alarms.filter(({ id }) => ids.includes(id)).map(({ heading }) => heading)
  const said = sections.filter(({ text }) => text.includes('Rolls back'))

  expect(new Set(said.map(({ heading }) => heading))).toEqual(new Set(rollingBack))
})
