import { App } from 'aws-cdk-lib'
import { AppSyncEventsStack } from './appsync-events-stack.ts'
import { WebhookStack } from './webhook-stack.ts'
import { WebSocketStack } from './websocket-stack.ts'

// The stacks whose context values are given. README.md has the commands.
const app = new App()
const read = (name: string): string | undefined =>
  app.node.tryGetContext(name) as string | undefined
const [busName, endpoint, issuer, audience] = ['busName', 'endpoint', 'issuer', 'audience'].map(
  read,
)
if (busName === undefined)
  throw new Error('Set -c busName=… to the output BusName of the stack chat-inbox-STAGE-events.')

new WebSocketStack(app, `${busName}-websocket`, { busName })
if (endpoint) new WebhookStack(app, `${busName}-webhook`, { busName, endpoint })
if (issuer && audience)
  new AppSyncEventsStack(app, `${busName}-appsync`, { busName, issuer, audience })
