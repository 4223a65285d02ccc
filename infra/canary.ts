import { Validations } from 'aws-cdk-lib'
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch'
import { LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy'
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { Alias } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'

interface CanaryProps {
  alias: Alias
  /** Each takes a new version back if it goes off within the first five minutes. */
  alarms: IAlarm[]
  ignoreAlarms: boolean
}

/**
 * Moves an alias to a new version in two steps: a tenth of the calls first, the rest after five
 * minutes without alarm. If one goes off, all calls go to the old version again and the deployment
 * of the stack fails, which takes back whatever else it has changed.
 */
export class Canary extends Construct {
  constructor(scope: Construct, id: string, { alias, alarms, ignoreAlarms }: CanaryProps) {
    super(scope, id)
    const { functionArn } = alias.lambda
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('codedeploy.amazonaws.com'),
      // The managed policy allows this on all functions, and reading from S3 and calling hooks, for
      // which there is no use here.
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
        'It is for cloudwatch:DescribeAlarms alone, which reads; AWS grants it to CodeDeploy on all alarms, and does not say which of them CodeDeploy asks for.',
    })
    new LambdaDeploymentGroup(this, 'Group', {
      alias,
      deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
      alarms,
      ignoreAlarmConfiguration: ignoreAlarms,
      autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
      // Else the managed policy would be added.
      role: role.withoutPolicyUpdates(),
    })
  }
}
