import { randomBytes } from 'node:crypto'
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import {
  AdminCreateUserCommand,
  AdminInitiateAuthCommand,
  AdminSetUserPasswordCommand,
  AdminUpdateUserAttributesCommand,
  CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider'
import { CannotRun } from '../../command.ts'
import { type Advice, explainAwsFailure } from '../../explain-failure.ts'

/** A user of the stage's user pool, as the calls of Cognito name it. */
interface User {
  UserPoolId: string
  Username: string
}

const advice: Advice = {
  'Stack with id':
    'there is no such stack: deploy the stage, or correct --stage, AWS_REGION or AWS_PROFILE',
  'Auth flow not enabled':
    'its user pool does not permit an administrator to sign in: deploy the stage again',
  ECONNREFUSED: 'nothing responds there: correct AWS_ENDPOINT_URL',
}

/**
 * Makes an ID token of a deployed stage. The user is created if there is none with this address, and gets a
 * new random password and a verified address. Nobody learns the password.
 * @param stage dev or dev-<name>; the user pools of other stages do not permit this
 * @returns the token, valid for an hour
 * @throws CannotRun if the stage is not deployed or has no user pool of its own, or if AWS refuses a call
 */
export const makeToken = async (stage: string, email: string): Promise<string> => {
  const stackName = `chat-inbox-${stage}-api`
  const cognito = new CognitoIdentityProviderClient()
  try {
    const { UserPoolId, ClientId } = await findUserPool(stackName)
    await checkOwner(cognito, UserPoolId, stage)
    const user = { UserPoolId, Username: email }
    await ensureUser(cognito, user)
    return await signIn(cognito, user, ClientId)
  } catch (error) {
    if (error instanceof CannotRun) throw error
    throw explainAwsFailure(`make a token with stack ${stackName}`, error, advice)
  } finally {
    cognito.destroy()
  }
}

/** Reads the ids of the user pool and its client from the outputs of the stack. */
const findUserPool = async (StackName: string) => {
  const cloudFormation = new CloudFormationClient()
  try {
    const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName }))
    const valueOf = (name: string) =>
      Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === name)?.OutputValue
    const UserPoolId = valueOf('UserPoolId')
    const ClientId = valueOf('UserPoolClientId')
    if (UserPoolId === undefined || ClientId === undefined)
      throw new CannotRun(
        `The stack ${StackName} has no user pool: it accepts the tokens of another issuer. Get a token there.`,
      )
    return { UserPoolId, ClientId }
  } finally {
    cloudFormation.destroy()
  }
}

/** Refuses a user pool that does not have the tags of the stage: its users belong to somebody else. */
const checkOwner = async (
  cognito: CognitoIdentityProviderClient,
  UserPoolId: string,
  stage: string,
): Promise<void> => {
  const { UserPool } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId }))
  const tags = UserPool?.UserPoolTags
  if (tags?.['application'] === 'chat-inbox' && tags['chat-inbox:stage'] === stage) return
  throw new CannotRun(
    `The user pool ${UserPoolId} does not have the tags application=chat-inbox and chat-inbox:stage=${stage}: it is not a user pool of this stage. Nothing was changed.`,
  )
}

/** Ensures that there is a user, and that its address is verified. Cognito sends no message. */
const ensureUser = async (cognito: CognitoIdentityProviderClient, user: User): Promise<void> => {
  const verified = { Name: 'email_verified', Value: 'true' }
  const UserAttributes = [{ Name: 'email', Value: user.Username }, verified]
  try {
    await cognito.send(
      new AdminCreateUserCommand({ ...user, UserAttributes, MessageAction: 'SUPPRESS' }),
    )
  } catch (error) {
    if (!(error instanceof UsernameExistsException)) throw error
    await cognito.send(
      new AdminUpdateUserAttributesCommand({ ...user, UserAttributes: [verified] }),
    )
  }
}

const signIn = async (
  cognito: CognitoIdentityProviderClient,
  user: User,
  ClientId: string,
): Promise<string> => {
  const Password = makePassword()
  await cognito.send(new AdminSetUserPasswordCommand({ ...user, Password, Permanent: true }))
  const { AuthenticationResult, ChallengeName } = await cognito.send(
    new AdminInitiateAuthCommand({
      UserPoolId: user.UserPoolId,
      ClientId,
      AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: user.Username, PASSWORD: Password },
    }),
  )
  const token = AuthenticationResult?.IdToken
  if (token === undefined)
    throw new CannotRun(
      `Cognito asks ${user.Username} for ${ChallengeName}, which only an app can respond to: name another EMAIL.`,
    )
  return token
}

/** Makes a password that satisfies every policy of Cognito: 132 characters, among them each kind. */
const makePassword = (): string => `${randomBytes(96).toString('base64url')}aA1!`
