/** Every option of a deployment that adds something to the templates. */
export const everyOption = {
  issuer: 'https://auth.example.com',
  audience: 'chat-app',
  alarmEmail: 'ops@example.com',
  domain: 'chat.example.com',
  certificateArn:
    'arn:aws:acm:eu-west-1:111122223333:certificate/12345678-90ab-cdef-1234-567890abcdef',
  corsOrigins: 'https://app.example.com,https://admin.example.com',
  provisionedConcurrency: '2',
  changes: 'true',
  badges: 'true',
  repository: 'https://github.com/your-org/your-fork',
}
