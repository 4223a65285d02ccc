import { RemovalPolicy } from 'aws-cdk-lib'
import { RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { StageContext } from './context.ts'

/** What a stage fixes. The context cannot change it. */
export interface StageRules {
  /**
   * Whether data, users and logs stay when their stack is deleted, and whether stacks, data and users are
   * protected from deletion.
   */
  keepsData: boolean
  logRetention: RetentionDays
  /** Whether a new version first gets a tenth of the calls, and is rolled back if an alarm goes off. */
  canary: boolean
  /** Whether pages on a developer's machine, or of any origin, may call the API. */
  allowsLocalOrigins: boolean
  /** Whether an administrator may sign in as a user of the user pool, as `npm run token -- --stage` does. */
  adminSignIn: boolean
}

/** The rules of a stage, and its default for each context value. */
export interface Stage extends StageRules {
  context: StageContext
}

export const stages: ReadonlyMap<string, Stage> = new Map<string, Stage>([
  [
    'dev',
    {
      keepsData: false,
      logRetention: RetentionDays.ONE_WEEK,
      canary: false,
      allowsLocalOrigins: true,
      adminSignIn: true,
      // It reserves no concurrency: a new account has a concurrency of ten, of which none can be reserved.
      context: { rateLimit: 50, burstLimit: 100, eventConcurrency: 2 },
    },
  ],
  [
    'staging',
    {
      keepsData: true,
      logRetention: RetentionDays.ONE_MONTH,
      canary: false,
      allowsLocalOrigins: false,
      adminSignIn: false,
      context: { rateLimit: 200, burstLimit: 400, reservedConcurrency: 20, eventConcurrency: 10 },
    },
  ],
  [
    'prod',
    {
      keepsData: true,
      logRetention: RetentionDays.THREE_MONTHS,
      canary: true,
      allowsLocalOrigins: false,
      adminSignIn: false,
      // 1000 requests of 50 ms a second need a concurrency of 50: this reserves twice as much for each
      // function. All functions together reserve a third of the default quota of an account, 1000.
      context: {
        rateLimit: 1000,
        burstLimit: 2000,
        reservedConcurrency: 100,
        eventConcurrency: 50,
      },
    },
  ],
])

/** What happens to data, users and logs when their stack is deleted. */
export const removalPolicyOf = ({ keepsData }: StageRules): RemovalPolicy =>
  keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY
