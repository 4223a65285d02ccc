import { expect, test } from '@jest/globals'
import { Stack } from 'aws-cdk-lib'
import { addStacks } from '../../infra/stacks.ts'
import { readSettings } from '../../infra/settings.ts'
import { routes } from '../../lib/routes.ts'
import { listPermissions } from '../support/list-permissions.ts'
import { createApp } from './create-app.ts'
import { everyOption } from './every-option.ts'

const permissionsOf = (context: Record<string, unknown>): string[] => {
  const app = createApp()
  addStacks(app, readSettings(context))
  return listPermissions(app.node.children.filter((child) => child instanceof Stack))
}

const permissions = permissionsOf({ stage: 'prod' })

const listings = ['list-personal-chats', 'list-group-chats', 'list-all-chats']
const functions = [
  ...listings,
  'leave-chat',
  'apply-chat-events',
  'project-large-rooms',
  'publish-changes',
]
const queues = [
  'Queue',
  'FailedEvents',
  'UndeliveredEvents',
  'UnpublishedChanges',
  'Projections',
  'FailedProjections',
]

/**
 * Everything that the policies of a stage say, by its reason. A new permission fails the tests until its reason
 * is here. The tests in test/functions check that each function needs exactly its permissions in DynamoDB.
 */
const reasons: Record<string, string[]> = {
  'Lambda runs each function with a role of its own': functions.flatMap((name) => [
    `${name}/Function acts as ${name}/Role`,
    `lambda.amazonaws.com may sts:AssumeRole on ${name}/Role`,
  ]),

  'a function writes to its own log group, which the stack creates': functions.flatMap((name) => [
    `${name}/Role may logs:CreateLogStream on ${name}/Logs`,
    `${name}/Role may logs:PutLogEvents on ${name}/Logs`,
  ]),

  'a listing queries the index, and behind a cursor gets the total': listings.flatMap((name) => [
    `${name}/Role may dynamodb:Query on Table/index/inbox`,
    `${name}/Role may dynamodb:GetItem on Table`,
  ]),

  'the list of all rooms queries the rows of the caller for what has changed, and gets rooms by their ids':
    [
      'list-all-chats/Role may dynamodb:Query on Table',
      'list-all-chats/Role may dynamodb:BatchGetItem on Table',
    ],

  'leaving reads row, participant and room, and in a personal room all facts and the room again': [
    'leave-chat/Role may dynamodb:BatchGetItem on Table',
    'leave-chat/Role may dynamodb:Query on Table',
    'leave-chat/Role may dynamodb:GetItem on Table',
  ],

  'leaving updates own row, total, participant and room, and puts the row of the other person': [
    'leave-chat/Role may dynamodb:UpdateItem on Table',
    'leave-chat/Role may dynamodb:PutItem on Table',
  ],

  'applying events reads rooms, participants, comments, profiles and rows': [
    'apply-chat-events/Role may dynamodb:BatchGetItem on Table',
    'apply-chat-events/Role may dynamodb:GetItem on Table',
    'apply-chat-events/Role may dynamodb:Query on Table',
  ],

  'applying events updates facts and totals, and puts rows': [
    'apply-chat-events/Role may dynamodb:UpdateItem on Table',
    'apply-chat-events/Role may dynamodb:PutItem on Table',
  ],

  'applying events sends the usual writes together': [
    'apply-chat-events/Role may dynamodb:PartiQLInsert on Table',
    'apply-chat-events/Role may dynamodb:PartiQLUpdate on Table',
  ],

  'applying an event of a large group requests a projection': [
    'apply-chat-events/Role may sqs:SendMessage on Projections',
  ],

  'projecting a large group reads the room and its facts, writes rows together or alone, and notes the revision':
    [
      'project-large-rooms/Role may dynamodb:PartiQLUpdate on Table',
      'project-large-rooms/Role may dynamodb:GetItem on Table',
      'project-large-rooms/Role may dynamodb:Query on Table',
      'project-large-rooms/Role may dynamodb:PutItem on Table',
      'project-large-rooms/Role may dynamodb:UpdateItem on Table',
    ],

  // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
  // SQS manages the key of the queue, so no permission for a key is needed.
  'Lambda receives events with the role of the function, and deletes those that are applied': [
    'apply-chat-events/Role may sqs:ReceiveMessage on Queue',
    'apply-chat-events/Role may sqs:DeleteMessage on Queue',
    'apply-chat-events/Role may sqs:GetQueueAttributes on Queue',
  ],

  'Lambda receives requested projections in the same way': [
    'project-large-rooms/Role may sqs:ReceiveMessage on Projections',
    'project-large-rooms/Role may sqs:DeleteMessage on Projections',
    'project-large-rooms/Role may sqs:GetQueueAttributes on Projections',
  ],

  'API Gateway calls only the live version behind a route, and only for that route of this API':
    routes.map(
      ({ functionName, path }) =>
        `apigateway.amazonaws.com may lambda:InvokeFunction on ${functionName}/Live if SourceArn arn:<Partition>:execute-api:<Region>:<AccountId>:Api/*/*${path}`,
    ),

  // AWSCodeDeployRoleForLambdaLimited allows the same on all functions, and also hooks and S3. It names no
  // alarms, and AWS does not document which ones CodeDeploy describes.
  // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCodeDeployRoleForLambdaLimited.html
  'CodeDeploy moves the live alias of a function to a new version, and watches alarms meanwhile':
    functions.flatMap((name) => [
      `${name}/Canary/Group acts as ${name}/Canary/Role`,
      `codedeploy.amazonaws.com may sts:AssumeRole on ${name}/Canary/Role`,
      ...['GetAlias', 'GetProvisionedConcurrencyConfig', 'UpdateAlias'].flatMap((action) => [
        `${name}/Canary/Role may lambda:${action} on ${name}/Function`,
        `${name}/Canary/Role may lambda:${action} on ${name}/Function:live`,
      ]),
      `${name}/Canary/Role may cloudwatch:DescribeAlarms on *`,
    ]),

  // https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-eventsourcemapping.html
  'Lambda reads the stream of the table with the role of publish-changes, which cannot read the table':
    ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map(
      (action) => `publish-changes/Role may dynamodb:${action} on Table StreamArn`,
    ),

  'publishing puts events on the bus': ['publish-changes/Role may events:PutEvents on Bus'],

  'Lambda sends the places in the stream of what could not be published to a queue': [
    'publish-changes/Role may sqs:SendMessage on UnpublishedChanges',
  ],

  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
  'the rule, and no other, sends events to the queue, or to its dead-letter queue': [
    'events.amazonaws.com may sqs:SendMessage on Queue if aws:SourceArn ArnEquals Incoming',
    'events.amazonaws.com may sqs:SendMessage on UndeliveredEvents if aws:SourceArn ArnEquals Incoming',
  ],

  'nobody uses a queue or the topic without TLS': [
    ...queues.map((queue) => `* may not sqs:* on ${queue} if aws:SecureTransport Bool false`),
    '* may not sns:Publish on Topic if aws:SecureTransport Bool false',
  ],

  'CloudWatch publishes the alarms of this account, and of no other, on the topic': [
    'cloudwatch.amazonaws.com may sns:Publish on Topic if aws:SourceAccount StringEquals <AccountId>',
  ],

  // In the policy of a key, * means that key.
  // https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
  'CloudWatch uses the key of the topic to publish them, because the topic is encrypted': [
    'cloudwatch.amazonaws.com may kms:Decrypt on * if aws:SourceAccount StringEquals <AccountId>',
    'cloudwatch.amazonaws.com may kms:GenerateDataKey* on * if aws:SourceAccount StringEquals <AccountId>',
  ],

  // Without it, nobody could change or delete the key.
  // https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
  'the account decides by its own policies who manages the key of the topic': [
    'arn:<Partition>:iam::<AccountId>:root may kms:* on *',
  ],
}

test.each(Object.entries(reasons))('%s', (_, lines) => {
  expect(permissions).toEqual(expect.arrayContaining(lines))
})

const all = Object.values(reasons).flat().sort()

test('nothing else is allowed or denied in prod', () => {
  expect(permissions.toSorted()).toEqual(all)
})

test('the options of a deployment allow nothing else, except that badges are read from the index', () => {
  const badges = 'publish-changes/Role may dynamodb:Query on Table/index/inbox'
  expect(permissionsOf({ stage: 'prod', ...everyOption }).sort()).toEqual([...all, badges].sort())
})

test.each(['dev', 'staging'])('the same is allowed in %s, which has no canaries', (stage) => {
  expect(permissionsOf({ stage }).sort()).toEqual(all.filter((line) => !line.includes('/Canary/')))
})
