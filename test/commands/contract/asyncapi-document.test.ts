import { expect, test } from '@jest/globals'
import asyncApi from '@asyncapi/specs'
import { Ajv } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { makeAsyncApiDocument } from '../../../commands/contract/asyncapi-document.ts'
import { eventSchemas } from '../../../lib/events/schemas.ts'

interface Message {
  payload: object
  examples: { payload: object }[]
}

test('the document is valid in version 3.0.0 of AsyncAPI', () => {
  const ajv = new Ajv({ meta: false, strict: false, validateFormats: false })
  const isValid = ajv.compile(asyncApi.schemas['3.0.0'] as object)

  isValid(makeAsyncApiDocument())

  expect(isValid.errors).toBeNull()
})

test('each message has an example, which is valid', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  const { messages } = makeAsyncApiDocument().components

  for (const { payload, examples } of Object.values(messages) as Message[]) {
    const isValid = ajv.compile(payload)
    expect(examples.map((example) => isValid(example.payload))).toEqual([true])
  }
})

test('it has a message for each event that the backend sends, for several of them, and for each that the inbox publishes', () => {
  const { messages } = makeAsyncApiDocument().components

  expect(Object.values(messages).map((message) => (message as { name: string }).name)).toEqual([
    ...Object.keys(eventSchemas),
    'events',
    'participant.left',
    'inbox.changed',
  ])
})
