import { ArnFormat, Stack } from 'aws-cdk-lib'
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'

/** Whom all alarms notify, and where these people read what to do. */
export interface OnCall {
  topicArn: string
  /** The URL of docs/operations.md, or its path in the repository. */
  runbook: string
}

export interface InboxAlarmProps {
  onCall: OnCall
  /** Follows the name of the stack in the name of the alarm. */
  name: string
  /** The heading of its section in the runbook, without spaces. The link is the same in lower case. */
  heading: string
  /** What happened, what it means and what to do first. */
  description: string
  metric: IMetric
  /** The lowest value that is too high. */
  threshold: number
  /** How many periods in a row must reach the threshold, 1 by default. */
  periods?: number
  /** How many of the periods are enough, all by default. */
  datapoints?: number
  /** Whether missing data keeps the state of the alarm. By default it ends the alarm. */
  isKeptWithoutData?: boolean
}

/** The number of failures that raises an alarm. Fewer wake nobody and roll nothing back. */
export const failureThreshold = 3

/**
 * An alarm that notifies the topic when it begins and when it ends. Missing data, as at night, counts as
 * healthy unless `isKeptWithoutData` is set.
 */
export class InboxAlarm extends Alarm {
  /**
   * The same value as `alarmArn`, but made of names: the stack of a dashboard that shows the alarm does not
   * depend on the alarm's stack.
   */
  readonly arnByName: string

  constructor(scope: Construct, props: InboxAlarmProps) {
    const { onCall, name, heading, description, metric, threshold, periods = 1 } = props
    const stack = Stack.of(scope)
    const alarmName = `${stack.stackName}-${name}`
    super(scope, `${name}-alarm`, {
      alarmName,
      alarmDescription: `${description} More in ${onCall.runbook}#${heading.toLowerCase()}`,
      metric,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold,
      evaluationPeriods: periods,
      ...(props.datapoints !== undefined && { datapointsToAlarm: props.datapoints }),
      treatMissingData: props.isKeptWithoutData
        ? TreatMissingData.IGNORE
        : TreatMissingData.NOT_BREACHING,
    })
    this.arnByName = stack.formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: alarmName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    })
    const notifyTopic = { bind: () => ({ alarmActionArn: onCall.topicArn }) }
    this.addAlarmAction(notifyTopic)
    this.addOkAction(notifyTopic)
  }
}
