import { expect, jest, test } from '@jest/globals'
import { CannotRun } from '../../../commands/command.ts'
import { makeApiTypes } from '../../../commands/contract/api-types.ts'

const documentWith = (header: string): string => `
openapi: 3.1.0
info: { title: A service, version: 1.0.0 }
paths:
  /rooms:
    get:
      responses:
        '204':
          description: Nothing.
          headers:
            Link: { $ref: '#/components/headers/${header}' }
components:
  headers:
    Link: { schema: { type: string } }
    SentAlways: { required: true, schema: { type: string } }
`

test.each([
  ['Link', 'Link?: string'],
  ['SentAlways', 'Link: string'],
])('a header that refers to %s is %s', async (header, type) => {
  expect(await makeApiTypes(documentWith(header))).toContain(type)
})

test.each([
  ['is not YAML', 'openapi: [', 'Flow sequence'],
  ['refers to what it does not have', documentWith('Lnk'), '#/paths/~1rooms/get/responses/204'],
])('a document that %s is refused with the place of the mistake', async (_, document, place) => {
  jest.spyOn(console, 'error').mockReturnValue()

  const types = makeApiTypes(document)

  await expect(types).rejects.toThrow(CannotRun)
  await expect(types).rejects.toThrow(`docs/openapi.yaml has a mistake`)
  await expect(types).rejects.toThrow(place)
  jest.restoreAllMocks()
})
