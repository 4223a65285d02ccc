import * as v from 'valibot'
import {
  flag,
  isAddress,
  isCertificateArn,
  isHostName,
  isSource,
  isUrl,
  mustBe,
  splitList,
  text,
  wholeNumber,
  word,
} from './context-values.ts'
import { publishedSource } from '../lib/domain/published.ts'
import { makeCorsOrigins } from './cors-origins.ts'

const stage = v.optional(
  text(
    'dev, staging, prod, or dev-<name> with a name of at most 20 lower-case letters, digits and hyphens',
    (name) => /^(dev|staging|prod|dev-[a-z0-9][a-z0-9-]{0,19})$/.test(name),
  ),
  'dev',
)

export const stageSchema = v.object({ stage })

const issuerForm = 'the https URL in the "iss" claim of your tokens'
const audienceForm = 'the "aud" claim of your tokens'
const certificateForm =
  'the ARN of a certificate in the region of the stage, such as arn:aws:acm:eu-west-1:111122223333:certificate/12345678-90ab-cdef-1234-567890abcdef'

/** Refuses a value that is set without another. @param form what to set the other one to */
const together = <Values extends Partial<Record<string, unknown>>>(
  name: keyof Values & string,
  other: keyof Values & string,
  form: string,
): v.CheckAction<Values, (issue: v.CheckIssue<Values>) => string> =>
  v.check(
    (values) => values[name] === undefined || values[other] !== undefined,
    ({ input }) =>
      `${name} is ${JSON.stringify(input[name])} but ${other} is missing: set ${other} to ${form}`,
  )

/**
 * What `-c name=value` and cdk.json can set; docs/deployment.md describes each value. A message is the rest of a
 * sentence that begins with "The context value", and the name where the issue has a path.
 * @param allowsLocalOrigins whether pages on a developer's machine, or of any origin, may call the API
 */
export const makeContextSchema = (allowsLocalOrigins: boolean) =>
  v.pipe(
    v.object({
      stage,
      /** The issuer and the audience of the tokens that the API accepts. Without them, the API gets a user pool. */
      issuer: v.optional(text(`${issuerForm}, such as https://auth.example.com`, isUrl)),
      audience: v.optional(word(audienceForm)),
      identityClaim: v.optional(
        word('the claim of your tokens that names the caller, such as email'),
        'email',
      ),
      requireVerifiedEmail: v.optional(flag, true),
      /** The `source` of the chat backend's events. */
      eventSource: v.optional(
        text(
          `the "source" of your chat backend's events, a word other than ${publishedSource} that does not begin with "aws.", which AWS keeps for itself, such as chat`,
          isSource,
        ),
        'chat',
      ),
      alarmEmail: v.optional(
        v.pipe(
          text(
            'one or more e-mail addresses with commas between, such as ops@example.com,oncall@example.com',
            (list) => splitList(list).every(isAddress),
          ),
          v.transform(splitList),
        ),
      ),
      /**
       * The custom domain of the API and its certificate. Without it, the API has only the URL that API Gateway
       * gives it.
       */
      domain: v.optional(text('a host name in lower case, such as chat.example.com', isHostName)),
      certificateArn: v.optional(text(certificateForm, isCertificateArn)),
      /** The origins whose pages may call the API from a browser. Without them, no page may. */
      corsOrigins: v.optional(makeCorsOrigins(allowsLocalOrigins)),
      /** Requests a second, of all callers together. */
      rateLimit: wholeNumber('1 on, such as 50', 1),
      burstLimit: wholeNumber('1 on, such as 100', 1),
      /**
       * The concurrency that each function of the API has to itself and cannot exceed. With `none`, the functions
       * share the unreserved concurrency of the account.
       */
      reservedConcurrency: v.optional(
        v.union(
          [
            v.pipe(
              v.literal('none'),
              v.transform(() => undefined),
            ),
            wholeNumber('1 on', 1),
          ],
          mustBe('a whole number from 1 on, such as 100, or to none'),
        ),
      ),
      /** How many environments each listing function keeps ready for calls, so that these have no cold start. */
      provisionedConcurrency: v.optional(wholeNumber('1 on, such as 2', 1)),
      /** How many batches of events are applied at the same time. */
      eventConcurrency: wholeNumber('2 to 1000, such as 10', 2, 1000),
      /** Whether the bus receives what changed in the lists of users, and their numbers of unread rooms and comments. */
      changes: v.optional(flag, false),
      badges: v.optional(flag, false),
      /** Whether a canary continues although an alarm is on, for the change that fixes its cause. */
      ignoreAlarms: v.optional(flag, false),
      /** The web page of the repository, for the links of alarms to the runbook. */
      repository: v.optional(
        text(
          'the https URL of your repository, at most 200 characters without a password, and without "/" or ".git" at its end, such as https://github.com/your-org/your-fork',
          (url) => isUrl(url) && url.length <= 200 && !/@|\/$|\.git$/.test(url),
        ),
      ),
    }),
    together('audience', 'issuer', `${issuerForm}, or leave both out for a user pool`),
    together('issuer', 'audience', audienceForm),
    together(
      'certificateArn',
      'domain',
      'the name that the certificate is for, such as chat.example.com, or leave both out',
    ),
    together('domain', 'certificateArn', certificateForm),
    v.check(
      ({ changes, badges }) => changes || !badges,
      'badges is true but changes is not: set changes to true, because the events of changes have the badges',
    ),
    v.check(
      ({ reservedConcurrency = Infinity, provisionedConcurrency = 0 }) =>
        provisionedConcurrency <= reservedConcurrency,
      ({ input: { reservedConcurrency: reserved, provisionedConcurrency: provisioned } }) =>
        `provisionedConcurrency is "${provisioned}", but reservedConcurrency is ${reserved}: set provisionedConcurrency to ${reserved} or less, or reservedConcurrency to ${provisioned} or more`,
    ),
    v.transform(
      ({
        issuer,
        audience,
        domain,
        certificateArn,
        rateLimit,
        burstLimit,
        repository,
        ...settings
      }) => ({
        ...settings,
        alarmEmails: [...new Set(settings.alarmEmail)],
        corsOrigins: settings.corsOrigins ?? [],
        tokens: issuer && audience ? { issuer, audience } : undefined,
        domain: domain && certificateArn ? { name: domain, certificateArn } : undefined,
        throttle: { rateLimit, burstLimit },
        runbook: `${repository ? `${repository}/blob/main/` : ''}docs/operations.md`,
      }),
    ),
  )

/** What a stage sets by default. */
export type StageContext = v.InferInput<ReturnType<typeof makeContextSchema>>
