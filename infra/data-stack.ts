import { CfnOutput } from 'aws-cdk-lib'
import {
  AttributeType,
  Billing,
  ProjectionType,
  StreamViewType,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb'
import type { Construct } from 'constructs'
import { inboxIndex, inboxSortKey, partitionKey, sortKey } from '../lib/store/table.ts'
import { InboxStack, type InboxStackProps } from './inbox-stack.ts'
import { removalPolicyOf } from './stages.ts'

/** The table as other stacks know it: what it is called, never what it can do. */
export type TableReference = Record<'tableArn' | 'tableName' | 'tableStreamArn', string>

/**
 * The one table, in a stack of its own so that nothing done to the API can touch the data. Outside
 * dev neither can be deleted. Nor is the table replaced by a new and empty one: that would change
 * what the other stacks import of this one, which CloudFormation refuses as long as they do (and it
 * is why cdk.json asks for strong references).
 */
export class DataStack extends InboxStack {
  readonly table: TableReference

  constructor(scope: Construct, id: string, props: InboxStackProps) {
    super(scope, id, props)
    const { settings } = props
    const { tableArn, tableName, tableStreamArn } = new TableV2(this, 'Table', {
      partitionKey: { name: partitionKey, type: AttributeType.STRING },
      sortKey: { name: sortKey, type: AttributeType.STRING },
      localSecondaryIndexes: [
        {
          indexName: inboxIndex,
          sortKey: { name: inboxSortKey, type: AttributeType.STRING },
          projectionType: ProjectionType.ALL,
        },
      ],
      billing: Billing.onDemand(),
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: settings.keepsData,
      removalPolicy: removalPolicyOf(settings),
    })
    this.table = { tableArn, tableName, tableStreamArn: tableStreamArn! }
    new CfnOutput(this, 'TableName', { value: tableName })
  }
}
