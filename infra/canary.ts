import { Validations } from 'aws-cdk-lib'
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch'
import { LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy'
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { Alias } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'

interface CanaryProps {
  alias: Alias
  /** Each rolls a new version back if it goes off within the first five minutes. */
  alarms: IAlarm[]
  ignoreAlarms: boolean
}

/**
 * Moves an alias to a new version in two steps: first a tenth of the calls, and after five minutes without
 * an alarm the rest. If an alarm goes off, all calls go back to the old version and the deployment of the
 * stack fails, so that CloudFormation rolls back its other changes too.
 */
export class Canary extends Construct {
  constructor(scope: Construct, id: string, { alias, alarms, ignoreAlarms }: CanaryProps) {
    super(scope, id)
    const { functionArn } = alias.lambda
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('codedeploy.amazonaws.com'),
      // The managed policy would allow this on all functions. It would also allow reading from S3 and
      // calling hooks, which a canary does not need.
      inlinePolicies: {
        canary: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: [
                'lambda:GetAlias',
                'lambda:GetProvisionedConcurrencyConfig',
                'lambda:UpdateAlias',
              ],
              resources: [functionArn, `${functionArn}:${alias.aliasName}`],
            }),
            new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: ['*'] }),
          ],
        }),
      },
    })
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'Only cloudwatch:DescribeAlarms needs it, which reads. The managed policy of AWS allows it on all alarms, and the documentation does not say which alarms CodeDeploy describes.',
    })
    new LambdaDeploymentGroup(this, 'Group', {
      alias,
      deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
      alarms,
      ignoreAlarmConfiguration: ignoreAlarms,
      autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
      // Otherwise CDK adds the managed policy.
      role: role.withoutPolicyUpdates(),
    })
  }
}
