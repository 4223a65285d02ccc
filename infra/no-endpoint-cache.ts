/**
 * In the bundles, it takes the place of @aws-sdk/endpoint-cache. The SDK makes a cache for each client, but
 * uses it only for services whose endpoints are discovered, which DynamoDB's are not.
 */
export class EndpointCache {}
