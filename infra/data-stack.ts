import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib'
import {
  AttributeType,
  Billing,
  ProjectionType,
  StreamViewType,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb'
import type { Construct } from 'constructs'
import { inboxIndex, inboxSortKey, partitionKey, sortKey } from '../lib/store/table.ts'
import { removalPolicyOf, type Settings } from './stages.ts'

/** The table as other stacks know it: what it is called, never what it can do. */
export type TableReference = Record<'tableArn' | 'tableName' | 'tableStreamArn', string>

interface DataStackProps extends StackProps {
  settings: Settings
}

/** The one table, in a stack of its own so that nothing done to the API can touch the data. */
export class DataStack extends Stack {
  readonly table: TableReference

  constructor(scope: Construct, id: string, { settings, ...props }: DataStackProps) {
    super(scope, id, props)
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
