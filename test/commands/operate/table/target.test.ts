import { beforeEach, expect, test } from '@jest/globals'
import { findTarget } from '../../../../commands/operate/table/target.ts'

beforeEach(() => {
  delete process.env['AWS_ENDPOINT_URL']
  delete process.env['AWS_ENDPOINT_URL_DYNAMODB']
  process.env['AWS_REGION'] = 'eu-west-1'
})

test('a table of AWS is named with its region, and is the table that the store works on', async () => {
  expect(await findTarget('chat')).toEqual({
    name: 'table chat of AWS in eu-west-1',
    tableName: 'chat',
    isLocal: false,
  })
  expect(process.env['TABLE_NAME']).toBe('chat')
})

test('an endpoint for all services is one for DynamoDB', async () => {
  process.env['AWS_ENDPOINT_URL'] = 'http://emulator.example.com'

  expect(await findTarget('chat')).toMatchObject({
    name: 'table chat in DynamoDB on http://emulator.example.com',
    isLocal: false,
  })
  expect(process.env['AWS_ENDPOINT_URL_DYNAMODB']).toBe('http://emulator.example.com')
})
