import { CfnOutput, RemovalPolicy } from 'aws-cdk-lib'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import type { Construct } from 'constructs'
import type { InboxAlarm, OnCall } from './alarms/inbox-alarm.ts'
import { addTableAlarms } from './alarms/table-alarms.ts'
import type { TableReference } from './data-stack.ts'
import { InboxStack, type InboxStackProps } from './inbox-stack.ts'

interface AlarmsStackProps extends InboxStackProps {
  table: TableReference
}

/**
 * The topic that the alarms of all stacks notify, and the alarms of the table, because the stack of the
 * table holds nothing else. All other alarms are in the stack of the resource that they watch.
 */
export class AlarmsStack extends InboxStack {
  readonly onCall: OnCall
  readonly alarms: InboxAlarm[]

  constructor(scope: Construct, id: string, props: AlarmsStackProps) {
    super(scope, id, props)
    const { settings, table } = props
    const topic = this.#createTopic()
    for (const address of settings.alarmEmails)
      topic.addSubscription(new EmailSubscription(address))
    this.onCall = { topicArn: topic.topicArn, runbook: settings.runbook }
    this.alarms = addTableAlarms(this, { tableName: table.tableName, onCall: this.onCall })
    new CfnOutput(this, 'AlarmTopicArn', { value: topic.topicArn })
  }

  #createTopic(): Topic {
    const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
    })
    // The AWS managed key for SNS does not let CloudWatch publish.
    const masterKey = new Key(this, 'Key', {
      description: `${this.stackName}: alarm notifications in transit`,
      enableKeyRotation: true,
      // It encrypts no stored data.
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
    // Its policy replaces the default one, which lets the account publish.
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [cloudWatch],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
      }),
    )
    return topic
  }
}
