import { CfnOutput, Duration, RemovalPolicy } from 'aws-cdk-lib'
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import type { Construct } from 'constructs'
import { type AlarmRecipients, InboxAlarm, tooMany } from './alarm.ts'
import type { TableReference } from './data-stack.ts'
import { InboxStack, type InboxStackProps } from './inbox-stack.ts'

interface AlarmsStackProps extends InboxStackProps {
  table: TableReference
}

/** All that the functions and the import call. */
const operations = [
  'BatchGetItem',
  'GetItem',
  'PutItem',
  'Query',
  'TransactWriteItems',
  'UpdateItem',
]

/**
 * Where alarms of all stacks go, and those of the table, whose own stack has nothing else in it. The
 * other alarms are in the stacks of what they watch.
 */
export class AlarmsStack extends InboxStack implements AlarmRecipients {
  readonly alarmTopicArn: string
  readonly alarms: InboxAlarm[]

  constructor(scope: Construct, id: string, props: AlarmsStackProps) {
    super(scope, id, props)
    const { settings, table } = props
    const topic = this.#topic()
    for (const address of settings.alarmEmails)
      topic.addSubscription(new EmailSubscription(address))
    this.alarmTopicArn = topic.topicArn
    this.alarms = this.#tableAlarms(table)
    new CfnOutput(this, 'AlarmTopicArn', { value: topic.topicArn })
  }

  #topic(): Topic {
    const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
    })
    // AWS's own key for SNS lets no alarm through.
    const masterKey = new Key(this, 'Key', {
      description: `${this.stackName}: alarms on their way`,
      enableKeyRotation: true,
      // Nothing that is kept is encrypted by it.
      removalPolicy: RemovalPolicy.DESTROY,
    })
    masterKey.addToResourcePolicy(
      new PolicyStatement({
        principals: [cloudWatch],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
      }),
    )
    const topic = new Topic(this, 'Topic', { masterKey, enforceSSL: true })
    // With a policy of its own a topic has lost the one that lets its account publish.
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [cloudWatch],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
      }),
    )
    return topic
  }

  #tableAlarms({ tableName }: TableReference): InboxAlarm[] {
    const metric = (metricName: string, dimensions: Record<string, string> = {}) =>
      new Metric({
        namespace: 'AWS/DynamoDB',
        metricName,
        dimensionsMap: { TableName: tableName, ...dimensions },
        statistic: 'Sum',
      })
    const errors = new InboxAlarm(this, {
      name: 'table-errors',
      description: `DynamoDB itself failed ${tooMany} calls in 5 minutes: see the AWS Health Dashboard. Requests were tried again and, if that failed, answered 503; events come again by themselves.`,
      metric: sum(
        'system errors',
        operations.map((Operation) => metric('SystemErrors', { Operation })),
      ),
      from: tooMany,
      alarmTopicArn: this.alarmTopicArn,
    })
    // Once is what a table on demand does when traffic doubles at a stroke, and retries bridge it.
    const throttles = new InboxAlarm(this, {
      name: 'table-throttles',
      description:
        'DynamoDB has refused calls for a quarter of an hour: an import, which waits and goes on by itself, or one room or user with more than a partition can take. Contributor insights, once enabled for the table, name the keys.',
      metric: sum('throttled', [metric('ReadThrottleEvents'), metric('WriteThrottleEvents')]),
      from: tooMany,
      times: 3,
      alarmTopicArn: this.alarmTopicArn,
    })
    return [errors, throttles]
  }
}

/** DynamoDB tells of what has happened only: what it is silent about is 0. */
const sum = (label: string, metrics: Metric[]): MathExpression =>
  new MathExpression({
    label,
    expression: 'SUM(FILL(METRICS(), 0))',
    usingMetrics: Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric])),
    period: Duration.minutes(5),
  })
