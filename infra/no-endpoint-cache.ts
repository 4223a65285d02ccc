/**
 * In the bundles, it takes the place of @aws-sdk/endpoint-cache. The SDK makes a cache for each client, but
 * uses it only for services whose endpoints are discovered, which DynamoDB's are not.
 */
// The SDK constructs it.
// eslint-disable-next-line @typescript-eslint/no-extraneous-class
export class EndpointCache {}
