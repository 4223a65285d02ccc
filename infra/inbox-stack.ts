import { Stack, Tags, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import type { Settings } from './stages.ts'

export interface InboxStackProps extends StackProps {
  settings: Settings
}

/**
 * A stack of a stage: all in it is tagged, so that costs can be told apart, and outside dev it is
 * not deleted before somebody has said that they mean it.
 */
export class InboxStack extends Stack {
  constructor(scope: Construct, id: string, { settings, ...props }: InboxStackProps) {
    super(scope, id, { terminationProtection: settings.keepsData, ...props })
    Tags.of(this).add('application', 'chat-inbox')
    Tags.of(this).add('chat-inbox:stage', settings.stage)
  }
}
