import { describe, expect, test } from '@jest/globals'
import { Template } from 'aws-cdk-lib/assertions'
import { DataStack } from '../../infra/data-stack.ts'
import { readSettings } from '../../infra/settings.ts'
import { createApp } from './create-app.ts'

const stackOf = (stage: string): DataStack =>
  new DataStack(createApp(), 'data', { settings: readSettings({ stage }) })

const templateOf = (stage: string): Template => Template.fromStack(stackOf(stage))

const tablesOf = (template: Template) => template.findResources('AWS::DynamoDB::GlobalTable')

const tableOf = (stage: string) => Object.values(tablesOf(templateOf(stage)))[0]!

describe('the table', () => {
  test('is the one thing in its stack', () => {
    const { Resources } = templateOf('dev').toJSON() as { Resources: object }
    expect(Object.keys(Resources)).toHaveLength(1)
  })

  test('has the keys and the local index that the store reads, all attributes in it', () => {
    expect(tableOf('prod')['Properties']).toMatchObject({
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      LocalSecondaryIndexes: [
        {
          IndexName: 'inbox',
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            { AttributeName: 'activity', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      AttributeDefinitions: ['pk', 'sk', 'activity'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
    })
  })

  test('streams its changes, before and after', () => {
    expect(tableOf('prod')['Properties'].StreamSpecification).toEqual({
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    })
  })

  test('is paid by request, and its name is generated, so that stages can share an account', () => {
    const { Properties } = tableOf('prod')
    expect(Properties).toHaveProperty('BillingMode', 'PAY_PER_REQUEST')
    expect(Properties).not.toHaveProperty('TableName')
  })

  test.each(['dev', 'dev-ann', 'staging', 'prod'])('can go back in time in %s', (stage) => {
    expect(tableOf(stage)['Properties'].Replicas).toEqual([
      expect.objectContaining({
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      }),
    ])
  })

  test('is still the same table: a change of its id makes a new one, without the data', () => {
    expect(Object.keys(tablesOf(templateOf('prod')))).toEqual(['TableCD117FA1'])
  })

  test.each(['staging', 'prod'])('outlives its stack and cannot be deleted in %s', (stage) => {
    expect(stackOf(stage).terminationProtection).toBe(true)
    const table = tableOf(stage)
    expect(table).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' })
    expect(table['Properties'].Replicas[0].DeletionProtectionEnabled).toBe(true)
  })

  test.each(['dev', 'dev-ann'])('goes with its stack in %s', (stage) => {
    expect(stackOf(stage).terminationProtection).toBe(false)
    const table = tableOf(stage)
    expect(table).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' })
    expect(table['Properties'].Replicas[0].DeletionProtectionEnabled).toBe(false)
  })
})

test('the stack tells the name of the table', () => {
  const template = templateOf('dev')
  const [id] = Object.keys(tablesOf(template))
  template.hasOutput('TableName', { Value: { Ref: id } })
})
