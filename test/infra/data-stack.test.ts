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
  test('is the only resource of its stack', () => {
    const { Resources } = templateOf('dev').toJSON() as { Resources: object }
    expect(Object.keys(Resources)).toHaveLength(1)
  })

  test('has the keys and the local index that the store reads, with all attributes', () => {
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

  test('streams each changed item, before and after the change', () => {
    expect(tableOf('prod')['Properties'].StreamSpecification).toEqual({
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    })
  })

  test('is billed by request, and has a generated name, so that stages can share an account', () => {
    const { Properties } = tableOf('prod')
    expect(Properties).toHaveProperty('BillingMode', 'PAY_PER_REQUEST')
    expect(Properties).not.toHaveProperty('TableName')
  })

  test.each(['dev', 'dev-ann', 'staging', 'prod'])('has point-in-time recovery in %s', (stage) => {
    expect(tableOf(stage)['Properties'].Replicas).toEqual([
      expect.objectContaining({
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      }),
    ])
  })

  test('keeps its logical id: a new id would make a new table without the data', () => {
    expect(Object.keys(tablesOf(templateOf('prod')))).toEqual(['TableCD117FA1'])
  })

  test.each(['staging', 'prod'])('outlives its stack and cannot be deleted in %s', (stage) => {
    expect(stackOf(stage).terminationProtection).toBe(true)
    const table = tableOf(stage)
    expect(table).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' })
    expect(table['Properties'].Replicas[0].DeletionProtectionEnabled).toBe(true)
  })

  test.each(['dev', 'dev-ann'])('is deleted with its stack in %s', (stage) => {
    expect(stackOf(stage).terminationProtection).toBe(false)
    const table = tableOf(stage)
    expect(table).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' })
    expect(table['Properties'].Replicas[0].DeletionProtectionEnabled).toBe(false)
  })
})

test('the output is the name of the table', () => {
  const template = templateOf('dev')
  const [id] = Object.keys(tablesOf(template))
  template.hasOutput('TableName', { Value: { Ref: id } })
})
