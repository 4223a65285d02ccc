import { CfnOutput, Validations } from 'aws-cdk-lib'
import type { IHttpRouteAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpJwtAuthorizer, HttpUserPoolAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { AccountRecovery, Mfa, UserPool } from 'aws-cdk-lib/aws-cognito'
import type { Construct } from 'constructs'
import type { Settings } from './settings.ts'
import { removalPolicyOf } from './stages.ts'

/** Accepts the tokens of the issuer in the settings, or of a new user pool if there is none. */
export const createAuthorizer = (scope: Construct, settings: Settings): IHttpRouteAuthorizer => {
  const { tokens } = settings
  if (tokens === undefined) return createUserPoolAuthorizer(scope, settings)
  return new HttpJwtAuthorizer('Authorizer', tokens.issuer, { jwtAudience: [tokens.audience] })
}

/** With a user pool, a first deployment needs no other identity provider. */
const createUserPoolAuthorizer = (scope: Construct, settings: Settings): IHttpRouteAuthorizer => {
  const userPool = new UserPool(scope, 'UserPool', {
    selfSignUpEnabled: true,
    signInAliases: { email: true },
    signInCaseSensitive: false,
    autoVerify: { email: true },
    // A changed address takes effect only once it is verified.
    keepOriginal: { email: true },
    passwordPolicy: {
      minLength: 8,
      requireLowercase: true,
      requireUppercase: true,
      requireDigits: true,
      requireSymbols: true,
    },
    // The second factor is an app, because text messages cost money.
    mfa: Mfa.OPTIONAL,
    mfaSecondFactor: { otp: true, sms: false },
    accountRecovery: AccountRecovery.EMAIL_ONLY,
    deletionProtection: settings.keepsData,
    removalPolicy: removalPolicyOf(settings),
  })
  Validations.of(userPool).acknowledge(
    {
      id: 'AwsSolutions-COG2',
      reason:
        'A chat does not require a second factor at every sign-in. Users who want one can set it up.',
    },
    {
      id: 'AwsSolutions-COG8',
      reason:
        'The Plus plan is billed per user and month. A deployment that needs it can use an issuer instead.',
    },
  )
  const client = userPool.addClient('Client', {
    authFlows: { userSrp: true, adminUserPassword: settings.adminSignIn },
    generateSecret: false,
    disableOAuth: true,
    preventUserExistenceErrors: true,
  })
  new CfnOutput(scope, 'UserPoolId', { value: userPool.userPoolId })
  new CfnOutput(scope, 'UserPoolClientId', { value: client.userPoolClientId })
  return new HttpUserPoolAuthorizer('Authorizer', userPool, { userPoolClients: [client] })
}
