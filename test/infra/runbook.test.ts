import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { type Context, readSettings } from '../../infra/settings.ts'
import { addStacks } from '../../infra/stacks.ts'
import { createApp } from './create-app.ts'

const operations = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8')
const [, chapter] = /\n## Alarms\n(.*?)\n## /s.exec(operations)!
const [, ...sections] = chapter!.split('\n### ').map((section) => {
  const [heading, ...text] = section.split('\n')
  return { heading: heading!, text: text.join('\n') }
})
/** The anchor that the web page of a repository gives a heading. */
const anchorOf = (heading: string): string => heading.toLowerCase().replaceAll(' ', '-')

const alarmsOf = (context: Context) => {
  const app = createApp()
  addStacks(app, readSettings(context))
  const templates = app.node.children
    .filter((child) => child instanceof Stack)
    .map((stack) => Template.fromStack(stack))
  const alarms = templates.flatMap((template) =>
    Object.entries(template.findResources('AWS::CloudWatch::Alarm')).map(
      ([id, { Properties }]) => ({ id, description: Properties.AlarmDescription as string }),
    ),
  )
  return { templates, alarms }
}
const sectionOf = ({ description }: { description: string }) => description.replace(/^.*#/, '')

const { templates, alarms } = alarmsOf({ stage: 'prod' })

test('the runbook has a section for each alarm, and no other', () => {
  expect(new Set(alarms.map(sectionOf))).toEqual(
    new Set(sections.map(({ heading }) => anchorOf(heading))),
  )
})

test('the description of each alarm ends with the path of its section', () => {
  for (const { description } of alarms)
    expect(description).toMatch(/[a-z]\. More in docs\/operations\.md#[a-z-]+$/)
})

test('with the address of a repository, it ends with the URL, and has the 1,024 characters that CloudWatch allows', () => {
  // The longest one that the settings accept.
  const repository = `https://github.com/${'r'.repeat(181)}`
  const linked = alarmsOf({ stage: 'prod', repository }).alarms

  expect(linked.map(({ description }) => description)).toEqual(
    alarms.map(({ description }) =>
      description.replace('docs/operations.md', `${repository}/blob/main/docs/operations.md`),
    ),
  )
  for (const { description } of linked) expect(description.length).toBeLessThanOrEqual(1024)
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
  const rollingBack = alarms.filter(({ id }) => ids.includes(id)).map(sectionOf)
  const said = sections.filter(({ text }) => text.includes('Rolls back'))

  expect(new Set(said.map(({ heading }) => anchorOf(heading)))).toEqual(new Set(rollingBack))
})
