/** AWS's list prices in US dollars, without free tiers and discounts. */
export const prices = {
  region: 'us-east-1',
  asOf: '2025-11-01',
  /** DynamoDB on demand, standard table class. */
  perMillionReadUnits: 0.125,
  perMillionWriteUnits: 0.625,
  /** API Gateway, HTTP API, first 300 million a month, up to 512 KB each. */
  perMillionApiRequests: 1,
  /** Lambda on arm64. */
  perMillionInvocations: 0.2,
  perGigabyteSecond: 0.0000133334,
  /** Lambda on arm64: provisioned concurrency, whether the function is called or not. */
  perProvisionedGigabyteSecond: 0.0000033334,
  /** EventBridge, custom events: each 64 KB of an event counts as one event. */
  perMillionEvents: 1,
  /** SQS, standard queues; a message is sent, received and deleted. */
  perMillionQueueRequests: 0.4,
  /** CloudWatch Logs, ingestion. */
  perGigabyteOfLogs: 0.5,
} as const
