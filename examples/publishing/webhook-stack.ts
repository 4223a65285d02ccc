import { CfnOutput, Duration, SecretValue, Stack } from 'aws-cdk-lib'
import {
  ApiDestination,
  Authorization,
  Connection,
  type IApiDestination,
} from 'aws-cdk-lib/aws-events'
import { ApiDestination as ApiDestinationTarget } from 'aws-cdk-lib/aws-events-targets'
import type { Construct } from 'constructs'
import { addRule, createSecret, type RecipeProps, UndeliveredQueue } from './recipe.ts'

interface WebhookStackProps extends RecipeProps {
  /** An https URL with a public name. It must respond within 5 seconds. */
  endpoint: string
}

/**
 * Posts everything that the inbox publishes to an endpoint, with an API key in the header `x-api-key`. Nothing of yours
 * runs between. EventBridge repeats a request that fails for a day; then the event is in the queue.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
 */
export class WebhookStack extends Stack {
  constructor(scope: Construct, id: string, { busName, endpoint, ...props }: WebhookStackProps) {
    super(scope, id, props)
    const secret = createSecret(this, `${id}: the API key that the receiver of events checks`)
    const connection = new Connection(this, 'Connection', {
      authorization: Authorization.apiKey(
        'x-api-key',
        SecretValue.secretsManager(secret.secretArn),
      ),
    })
    const destination = new ApiDestination(this, 'Destination', {
      connection,
      endpoint,
    }) as IApiDestination
    const undelivered = new UndeliveredQueue(this)
    addRule(
      this,
      busName,
      new ApiDestinationTarget(destination, {
        deadLetterQueue: undelivered,
        maxEventAge: Duration.hours(24),
        retryAttempts: 185,
      }),
    )
    new CfnOutput(this, 'ApiKeyArn', { value: secret.secretArn })
    new CfnOutput(this, 'UndeliveredUrl', { value: undelivered.queueUrl })
  }
}
