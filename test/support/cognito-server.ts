import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface Deployment {
  /** The outputs of the stack; undefined if there is no such stack. */
  outputs?: Record<string, string> | undefined
  /** The tags of the user pool. */
  tags?: Record<string, string>
  /** Whether the client of the user pool permits an administrator to sign in. */
  adminSignIn?: boolean
  /** Whether users have a second factor. */
  secondFactor?: boolean
  users?: Record<string, User>
  /** The error that CloudFormation responds to every call with. */
  refusal?: string
}

interface User {
  verified: boolean
  password?: string
}

/** CloudFormation and Cognito of one deployed stage, as far as a token of it needs them. */
export interface CognitoServer {
  endpoint: string
  /** The names of the calls that it received. */
  calls: string[]
  users: Record<string, User>
  [Symbol.asyncDispose]: () => Promise<void>
}

/** An error of Cognito, with the status 400. */
const refuse = (name: string, message: string): Error => Object.assign(new Error(message), { name })

const pool = { UserPoolId: 'eu-west-1_pool', UserPoolClientId: 'client' }

export const startCognitoServer = async ({
  outputs = pool,
  tags = { application: 'chat-inbox', 'chat-inbox:stage': 'dev' },
  adminSignIn = true,
  secondFactor = false,
  users = {},
  refusal,
}: Deployment = {}): Promise<CognitoServer> => {
  const calls: string[] = []

  const findUser = ({ UserPoolId, Username }: any): User => {
    expectEqual(UserPoolId, pool.UserPoolId)
    const user = users[Username]
    if (!user) throw refuse('UserNotFoundException', 'User does not exist.')
    return user
  }
  const isVerified = (attributes: any[]) =>
    attributes.some(({ Name, Value }) => Name === 'email_verified' && Value === 'true')

  const cognito: Record<string, (input: any) => object> = {
    DescribeUserPool: ({ UserPoolId }) => ({ UserPool: { Id: UserPoolId, UserPoolTags: tags } }),
    AdminCreateUser: ({ Username, UserAttributes, MessageAction }) => {
      if (users[Username]) throw refuse('UsernameExistsException', 'User account exists')
      if (!Username.includes('@'))
        throw refuse('InvalidParameterException', 'Username should be an email.')
      expectEqual(MessageAction, 'SUPPRESS')
      users[Username] = { verified: isVerified(UserAttributes) }
      return {}
    },
    AdminUpdateUserAttributes: ({ UserAttributes, ...user }) => {
      findUser(user).verified = isVerified(UserAttributes)
      return {}
    },
    AdminSetUserPassword: ({ Password, Permanent, ...user }) => {
      for (const kind of [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z\d]/, /^.{99,256}$/])
        if (!kind.test(Password)) throw refuse('InvalidPasswordException', String(kind))
      expectEqual(Permanent, true)
      findUser(user).password = Password
      return {}
    },
    AdminInitiateAuth: ({ UserPoolId, ClientId, AuthFlow, AuthParameters }) => {
      expectEqual(ClientId, pool.UserPoolClientId)
      expectEqual(AuthFlow, 'ADMIN_USER_PASSWORD_AUTH')
      if (!adminSignIn)
        throw refuse('InvalidParameterException', 'Auth flow not enabled for this client')
      const { USERNAME, PASSWORD } = AuthParameters
      const { password, verified } = findUser({ UserPoolId, Username: USERNAME })
      expectEqual(PASSWORD, password)
      if (secondFactor) return { ChallengeName: 'SOFTWARE_TOKEN_MFA', Session: 'session' }
      const token = `${verified ? 'verified' : 'unverified'} token of ${USERNAME}`
      return { AuthenticationResult: { IdToken: token, AccessToken: 'access token' } }
    },
  }

  const respond = (request: IncomingMessage, body: string) => {
    const target = request.headers['x-amz-target']
    if (target === undefined) return respondAsCloudFormation(new URLSearchParams(body))
    const [, name = ''] = String(target).split('.')
    calls.push(name)
    try {
      return { status: 200, text: JSON.stringify(cognito[name]!(JSON.parse(body))) }
    } catch (error) {
      const { name: __type, message } = error as Error
      return { status: 400, text: JSON.stringify({ __type, message }) }
    }
  }

  const respondAsCloudFormation = (query: URLSearchParams) => {
    calls.push(query.get('Action')!)
    if (refusal !== undefined) return { status: 403, text: errorXml(refusal, 'not you') }
    const stack = query.get('StackName')
    if (stack !== 'chat-inbox-dev-api')
      return {
        status: 400,
        text: errorXml('ValidationError', `Stack with id ${stack} does not exist`),
      }
    const members = Object.entries(outputs).map(
      ([key, value]) =>
        `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
    )
    return {
      status: 200,
      text: `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>${stack}</StackName><Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
    }
  }

  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { status, text } = respond(request, body)
      response.writeHead(status).end(text)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    users,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const errorXml = (code: string, message: string): string =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`

const expectEqual = (actual: unknown, expected: unknown): void => {
  if (actual !== expected)
    throw refuse('InvalidParameterException', `${String(actual)} is not ${String(expected)}`)
}
