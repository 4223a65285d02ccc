import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test } from '@jest/globals'
import { cdkContext } from './create-app.ts'

const recommendations = createRequire(import.meta.url).resolve(
  'aws-cdk-lib/recommended-feature-flags.json',
)
const recommended = JSON.parse(readFileSync(recommendations, 'utf8')) as Record<string, unknown>

/** The flags that differ from the recommendation. */
const deliberate = {
  // A weak reference would let CloudFormation replace the table with an empty one.
  '@aws-cdk/core:defaultCrossStackReferences': 'strong',
  // The stacks pass their tags to their resources.
  '@aws-cdk/core:explicitStackTags': false,
  // The operator does not share what is deployed.
  '@aws-cdk/core:enableAdditionalMetadataCollection': false,
  // There are no layers. With `true`, a version gets a new id although its code is the same. Lambda makes
  // no second version of the same code, so the deployment would fail.
  '@aws-cdk/aws-lambda:recognizeLayerVersion': false,
}

test('cdk.json sets every feature flag of this CDK, as recommended or deliberately otherwise', () => {
  expect(cdkContext).toEqual({ ...recommended, ...deliberate })
})
