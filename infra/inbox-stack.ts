import { Stack, Tags, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import type { Settings } from './settings.ts'

export interface InboxStackProps extends StackProps {
  settings: Settings
}

/**
 * A stack of a stage. Its resources have tags, so that costs can be broken down. Outside dev it has
 * termination protection.
 */
export class InboxStack extends Stack {
  constructor(scope: Construct, id: string, { settings, ...props }: InboxStackProps) {
    super(scope, id, { terminationProtection: settings.keepsData, ...props })
    Tags.of(this).add('application', 'chat-inbox')
    Tags.of(this).add('chat-inbox:stage', settings.stage)
  }
}
