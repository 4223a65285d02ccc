import { CfnOutput, Stack } from 'aws-cdk-lib'
import { AppSyncAuthorizationType, Code, EventApi } from 'aws-cdk-lib/aws-appsync'
import type { Construct } from 'constructs'
import { createSecret, RecipeFunction, type RecipeProps } from './recipe.ts'

interface AppSyncEventsStackProps extends RecipeProps {
  /** The issuer and the audience of the tokens that your app has, as the inbox takes them. */
  issuer: string
  audience: string
}

/**
 * Without this, anybody who is signed in could subscribe to `inbox/*`, the channels of all users.
 * https://docs.aws.amazon.com/appsync/latest/eventapi/channel-namespace-handlers.html
 */
const refuseWildcards = `
import { util } from '@aws-appsync/utils'
export function onSubscribe(ctx) {
  if (ctx.info.channel.path.includes('*')) util.unauthorized()
}
`

/**
 * An Event API with a channel for each user. Apps connect with their token, and get the name of their channel from your
 * backend (`channelOf`). Only the function publishes, by its role.
 */
export class AppSyncEventsStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { busName, issuer, audience, ...props }: AppSyncEventsStackProps,
  ) {
    super(scope, id, props)
    const { OIDC, IAM } = AppSyncAuthorizationType
    const api = new EventApi(this, 'Api', {
      apiName: id,
      authorizationConfig: {
        authProviders: [
          {
            authorizationType: OIDC,
            openIdConnectConfig: { oidcProvider: issuer, clientId: `^${escapeRegExp(audience)}$` },
          },
          { authorizationType: IAM },
        ],
        connectionAuthModeTypes: [OIDC],
        defaultSubscribeAuthModeTypes: [OIDC],
        defaultPublishAuthModeTypes: [IAM],
      },
    })
    const namespace = api.addChannelNamespace('inbox', { code: Code.fromInline(refuseWildcards) })
    const secret = createSecret(this, `${id}: makes the names of channels`)
    const publish = new RecipeFunction(this, 'appsync-events-publish', {
      environment: { EVENT_URL: `https://${api.httpDns}/event`, SECRET_ARN: secret.secretArn },
      mayDo: [
        { actions: ['appsync:EventPublish'], resource: namespace.channelNamespaceArn },
        { actions: ['secretsmanager:GetSecretValue'], resource: secret.secretArn },
      ],
    })
    publish.receiveChanges(busName)
    new CfnOutput(this, 'HttpDomain', { value: api.httpDns })
    new CfnOutput(this, 'RealtimeDomain', { value: api.realtimeDns })
    new CfnOutput(this, 'ChannelSecretArn', { value: secret.secretArn })
  }
}

/** AppSync takes the client id as a regular expression. */
const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
