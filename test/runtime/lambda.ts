import type { Owned } from '../support/owned.ts'
import type { DeployedFunction } from './assembly.ts'
import { type ExecutionEnvironment, startExecutionEnvironment } from './execution-environment.ts'
import type { RuntimeClient } from './runtime-client.ts'

/** Lambda with the functions of the app, beside an embedded DynamoDB. */
export interface Lambda {
  functions: DeployedFunction[]
  /** @param variables further environment variables. Undefined removes one. */
  start: (name: string, variables?: NodeJS.ProcessEnv) => Promise<ExecutionEnvironment>
  /** Starts a function that does not belong to the app. */
  startOther: (deployed: DeployedFunction) => Promise<ExecutionEnvironment>
  /** Everything that was started, in order. */
  started: ExecutionEnvironment[]
  end: () => Promise<unknown>
}

/** A secret that no log may contain. */
export const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
export const sessionToken = 'IQoJb3JpZ2luX2VjEXAMPLETOKEN'

export const createLambda = (
  owned: Owned,
  client: RuntimeClient,
  functions: DeployedFunction[],
  endpoint: string,
): Lambda => {
  const started: ExecutionEnvironment[] = []
  const start = async (deployed: DeployedFunction, variables: NodeJS.ProcessEnv = {}) => {
    const environment = await startExecutionEnvironment(owned, client, deployed, {
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
      ...variables,
    })
    started.push(environment)
    return environment
  }
  return {
    functions,
    start: async (name, variables) => {
      const deployed = functions.find((candidate) => candidate.name === name)
      if (!deployed) throw new Error(`No template has a function ${name}.`)
      return start(deployed, variables)
    },
    startOther: (deployed) => start(deployed),
    started,
    end: () => Promise.all(started.map(({ end }) => end())),
  }
}
