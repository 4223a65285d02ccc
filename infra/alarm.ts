import { ArnFormat, Stack } from 'aws-cdk-lib'
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'

/** Where all alarms go, as its stack tells the others. */
export interface AlarmRecipients {
  alarmTopicArn: string
}

export interface InboxAlarmProps extends AlarmRecipients {
  /** What it says beside the name of its stack. */
  name: string
  /** What it means and where to look first, for whoever reads it at night. */
  description: string
  metric: IMetric
  /** From this value on it goes off. */
  from: number
  /** How many values in a row must be so, one as a rule. */
  times?: number
  /** Whether it stays as it is, on or off, while there is nothing to measure. */
  staysWithoutData?: boolean
}

/** Fewer failures than that are a mishap, which wakes nobody and rolls nothing back. */
export const tooMany = 3

/**
 * An alarm that is told when it begins and when it is over. Where there is nothing to measure, as at
 * night, all is well, unless `staysWithoutData` says otherwise.
 */
export class InboxAlarm extends Alarm {
  /** The same as `alarmArn`, but put together from names: what shows an alarm need not hold on to it. */
  readonly arnByName: string

  constructor(scope: Construct, props: InboxAlarmProps) {
    const { name, description, metric, from, times = 1, staysWithoutData, alarmTopicArn } = props
    const stack = Stack.of(scope)
    const alarmName = `${stack.stackName}-${name}`
    super(scope, `${name}-alarm`, {
      alarmName,
      alarmDescription: description,
      metric,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold: from,
      evaluationPeriods: times,
      treatMissingData: staysWithoutData ? TreatMissingData.IGNORE : TreatMissingData.NOT_BREACHING,
    })
    this.arnByName = stack.formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: alarmName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    })
    const tell = { bind: () => ({ alarmActionArn: alarmTopicArn }) }
    this.addAlarmAction(tell)
    this.addOkAction(tell)
  }
}
