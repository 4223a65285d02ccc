import { maxEventsPerEntry } from '../../../lib/events/schemas.ts'
import { makeWrongUse, readOptions, runCommand } from '../../command.ts'
import { perMillion, perMonth, type Usage } from './estimate.ts'
import { prices } from './prices.ts'

const usageText = `usage: npm run cost -- --users N [options]

  --users N           daily users
  --opens N           how often a user opens the inbox per day (10)
  --comments N        comments that a user writes per day (20)
  --group-percent N   percentage of comments that are in groups (30)
  --group-size N      people in a group (20)
  --provisioned-concurrency N
                      environments that each listing function keeps ready (0)
  --events-per-entry N
                      events that the chat backend sends in one entry (1)
  --changes           with the setting changes
  --badges            with the settings changes and badges, and 100 rooms a user
  --help              prints this`

/** Prints what the inbox costs at list prices. */
const printCost = (): void => {
  const usage = readUsage()
  const { calls, events, provisioned } = perMonth(usage)
  const total = calls + events + provisioned
  console.log(
    [
      `List prices of ${prices.asOf} in ${prices.region}, in US dollars, without free tiers.`,
      '',
      'Per million:',
      ...Object.entries(perMillion(usage)).map(([name, price]) => formatRow(name, price)),
      '',
      `Per month, with ${usage.users} daily users:`,
      formatRow('the API', calls),
      formatRow('events', events),
      formatRow('provisioned concurrency', provisioned),
      formatRow('total', total),
      formatRow('per thousand daily users', (total * 1000) / usage.users),
      '',
      'Not included: storage ($0.25 per GB and month), point-in-time recovery ($0.20 per GB and month),',
      'outbound traffic, alarms, the dashboard and Cognito.',
    ].join('\n'),
  )
}

const formatRow = (name: string, price: number): string =>
  `  ${name.padEnd(34)}${price.toFixed(2).padStart(12)}`

const readUsage = (): Usage => {
  const { values } = readOptions(usageText, {
    options: {
      users: { type: 'string' },
      opens: { type: 'string', default: '10' },
      comments: { type: 'string', default: '20' },
      'group-percent': { type: 'string', default: '30' },
      'group-size': { type: 'string', default: '20' },
      'provisioned-concurrency': { type: 'string', default: '0' },
      'events-per-entry': { type: 'string', default: '1' },
      changes: { type: 'boolean', default: false },
      badges: { type: 'boolean', default: false },
    },
  })
  return {
    users: number('users', values.users, 1),
    opens: number('opens', values.opens, 0),
    comments: number('comments', values.comments, 0),
    groupPercent: number('group-percent', values['group-percent'], 0, 100),
    groupSize: number('group-size', values['group-size'], 1, 1000),
    provisionedConcurrency: number('provisioned-concurrency', values['provisioned-concurrency'], 0),
    eventsPerEntry: number('events-per-entry', values['events-per-entry'], 1, maxEventsPerEntry),
    changes: values.changes || values.badges,
    badges: values.badges,
  }
}

const number = (name: string, text: string | undefined, min: number, max = 1e12): number => {
  const value = Number(text)
  if (text === undefined || text.trim() === '' || !(value >= min && value <= max))
    throw makeWrongUse(
      usageText,
      `--${name} is ${text ?? 'missing'}: give a number ${max < 1e12 ? `from ${min} to ${max}` : `of at least ${min}`}.`,
    )
  return value
}

runCommand(printCost)
