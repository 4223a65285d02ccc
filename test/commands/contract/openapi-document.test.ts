import { expect, test } from '@jest/globals'
import { Validator } from '@seriousme/openapi-schema-validator'
import { makeOpenApiDocument } from '../../../commands/contract/openapi-document.ts'

test.each(['3.0.4', '3.1.0'])('the document is valid in version %s of OpenAPI', async (openapi) => {
  const { valid, errors } = await new Validator().validate({ ...makeOpenApiDocument(), openapi })

  expect({ valid, errors }).toEqual({ valid: true })
})
