import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2'
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { AttributeType, ProjectionType, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import type { Construct } from 'constructs'
import { createSecret, RecipeFunction, type RecipeProps } from './recipe.ts'

/**
 * A WebSocket API that sends each user's changes to the user's connections. `$connect` takes a ticket that your backend
 * signs (`makeTicket`), and not the token of the app: a browser can send it only in the URL, where a token would be
 * good for an hour and a ticket is for a minute. It needs no library, no key set and no authorizer function.
 */
export class WebSocketStack extends Stack {
  constructor(scope: Construct, id: string, { busName, ...props }: RecipeProps) {
    super(scope, id, props)
    const table = new TableV2(this, 'Connections', {
      partitionKey: { name: 'connection_id', type: AttributeType.STRING },
      globalSecondaryIndexes: [
        {
          indexName: 'by_email',
          partitionKey: { name: 'email', type: AttributeType.STRING },
          projectionType: ProjectionType.KEYS_ONLY,
        },
      ],
      timeToLiveAttribute: 'expires_at',
      // It holds open connections only.
      removalPolicy: RemovalPolicy.DESTROY,
    })
    const secret = createSecret(this, `${id}: signs the tickets of $connect`)
    const connect = new RecipeFunction(this, 'websocket-connect', {
      environment: { TABLE_NAME: table.tableName, SECRET_ARN: secret.secretArn },
      mayDo: [
        { actions: ['dynamodb:PutItem', 'dynamodb:DeleteItem'], resource: table.tableArn },
        { actions: ['secretsmanager:GetSecretValue'], resource: secret.secretArn },
      ],
    })
    const integration = new WebSocketLambdaIntegration('Connect', connect.function)
    const api = new WebSocketApi(this, 'Api', {
      apiName: id,
      connectRouteOptions: { integration },
      disconnectRouteOptions: { integration },
    })
    const stage = new WebSocketStage(this, 'Stage', {
      webSocketApi: api,
      stageName: 'live',
      autoDeploy: true,
      // Anybody can call $connect: this limits what that costs.
      throttle: { rateLimit: 100, burstLimit: 200 },
    })
    const send = new RecipeFunction(this, 'websocket-send', {
      environment: { TABLE_NAME: table.tableName, CALLBACK_URL: stage.callbackUrl },
      mayDo: [
        { actions: ['dynamodb:Query'], resource: `${table.tableArn}/index/by_email` },
        { actions: ['dynamodb:DeleteItem'], resource: table.tableArn },
        {
          actions: ['execute-api:ManageConnections'],
          resource: this.formatArn({
            service: 'execute-api',
            resource: api.apiId,
            resourceName: `${stage.stageName}/POST/@connections/*`,
          }),
        },
      ],
    })
    send.receiveChanges(busName)
    new CfnOutput(this, 'Url', { value: stage.url })
    new CfnOutput(this, 'TicketSecretArn', { value: secret.secretArn })
  }
}
