import { CfnOutput } from 'aws-cdk-lib'
import {
  AttributeType,
  Billing,
  ProjectionType,
  StreamViewType,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb'
import type { Construct } from 'constructs'
import { inboxIndex, inboxSortKey, partitionKey, sortKey } from '../lib/store/schema.ts'
import { InboxStack, type InboxStackProps } from './inbox-stack.ts'
import { removalPolicyOf } from './stages.ts'

/** The names by which other stacks refer to the table. */
export type TableReference = Record<'tableArn' | 'tableName' | 'tableStreamArn', string>

/**
 * The table. It has its own stack, so that a deployment of the API cannot touch the data. Outside dev,
 * neither the stack nor the table can be deleted. A change cannot replace the table with an empty one
 * either: that would change values that other stacks import, which CloudFormation refuses. For this
 * reason, cdk.json sets strong references.
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
