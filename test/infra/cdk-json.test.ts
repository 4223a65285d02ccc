import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test } from '@jest/globals'
import { cdkContext } from './create-app.ts'

const recommendations = createRequire(import.meta.url).resolve(
  'aws-cdk-lib/recommended-feature-flags.json',
)
const recommended = JSON.parse(readFileSync(recommendations, 'utf8')) as Record<string, unknown>

/** With another value than the recommended one, each for its reason. */
const deliberate = {
  // A weak reference would let CloudFormation replace the table by an empty one.
  '@aws-cdk/core:defaultCrossStackReferences': 'strong',
  // The stacks themselves bear the tags of what is in them.
  '@aws-cdk/core:explicitStackTags': false,
  // What is deployed is nobody's business but the operator's.
  '@aws-cdk/core:enableAdditionalMetadataCollection': false,
  // There are no layers, and `true` gives a new id to versions whose code is the same: Lambda makes
  // no second version of the same code, so that the deployment would fail.
  '@aws-cdk/aws-lambda:recognizeLayerVersion': false,
}

test('cdk.json sets every feature flag of this CDK, as recommended or deliberately otherwise', () => {
  expect(cdkContext).toEqual({ ...recommended, ...deliberate })
})
