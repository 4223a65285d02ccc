import { expect, test } from '@jest/globals'
import { strip } from './template.ts'

const canary = { Type: 'AWS::CodeDeploy::DeploymentGroup', Properties: {} }
const metricMath = { Type: 'AWS::CloudWatch::Alarm', Properties: { Metrics: [{ Id: 'rate' }] } }
const simpleAlarm = { Type: 'AWS::CloudWatch::Alarm', Properties: { MetricName: 'Errors' } }

test('unsupported resources are removed and reported; all others stay', () => {
  const { template, stripped } = strip({
    Resources: { canary, metricMath, simpleAlarm },
  })

  expect(template).toEqual({ Resources: { simpleAlarm } })
  expect(stripped).toEqual([
    ['canary', 'CodeDeploy'],
    ['metricMath', 'alarm on metric math'],
  ])
})

test('resources that depend on a removed one stay, without the dependency and with a placeholder', () => {
  const { template } = strip({
    Resources: {
      canary,
      alias: {
        Type: 'AWS::Lambda::Alias',
        DependsOn: ['canary', 'role'],
        Properties: { FunctionName: { Ref: 'function' } },
        UpdatePolicy: { CodeDeployLambdaAliasUpdate: { DeploymentGroupName: { Ref: 'canary' } } },
      },
      dashboard: {
        Type: 'AWS::CloudWatch::Dashboard',
        DependsOn: 'canary',
        Properties: {
          DashboardBody: { 'Fn::Join': ['', ['{', { 'Fn::GetAtt': ['canary', 'Arn'] }]] },
        },
      },
    },
    Outputs: { Canary: { Value: { Ref: 'canary' } } },
  })

  expect(template).toEqual({
    Resources: {
      alias: {
        Type: 'AWS::Lambda::Alias',
        DependsOn: ['role'],
        Properties: { FunctionName: { Ref: 'function' } },
        UpdatePolicy: { CodeDeployLambdaAliasUpdate: { DeploymentGroupName: 'stripped-canary' } },
      },
      dashboard: {
        Type: 'AWS::CloudWatch::Dashboard',
        DependsOn: [],
        Properties: { DashboardBody: { 'Fn::Join': ['', ['{', 'stripped-canary']] } },
      },
    },
    Outputs: { Canary: { Value: 'stripped-canary' } },
  })
})
