/** The options of Lambda's Node runtimes: each half of the young generation gets a twentieth of the memory. */
export const heapOptions = (memorySize: number): string[] => [
  '--expose-gc',
  `--max-semi-space-size=${Math.floor(memorySize / 20)}`,
  `--max-old-space-size=${memorySize - Math.floor(memorySize / 10)}`,
]

interface FunctionOfLambda {
  name: string
  /** File and export, such as `index.handler`. */
  handler: string
  /** The folder of its code. */
  taskRoot: string
  memorySize: number
  region: string
  /** A home folder without an AWS profile, so that the SDK does not use one of this machine. */
  home: string
}

/**
 * The environment variables that Lambda sets for a function:
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html. The credentials are placeholders.
 */
export const lambdaEnvironment = ({
  name,
  handler,
  taskRoot,
  memorySize,
  region,
  home,
}: FunctionOfLambda): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: home,
  LANG: 'en_US.UTF-8',
  TZ: ':UTC',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_NAME: name,
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memorySize),
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
  AWS_LAMBDA_LOG_STREAM_NAME: '2024/01/01/[$LATEST]0123456789abcdef0123456789abcdef',
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_SESSION_TOKEN: 'local',
  _HANDLER: handler,
  LAMBDA_TASK_ROOT: taskRoot,
})
