import { readOptions, wrongArguments } from '../command.ts'
import { perMillion, perMonth, type Usage } from './estimate.ts'
import { prices } from './prices.ts'

const usageText = `usage: npm run cost -- --users N [options]

  --users N           daily users
  --opens N           times a user opens the inbox a day (10)
  --comments N        comments a user writes a day (20)
  --group-percent N   of a hundred comments, those in groups (30)
  --group-size N      people in a group (20)
  --help              prints this`

/** Prints what the inbox costs at list prices. */
export const printCost = (): void => {
  const usage = readUsage()
  const { calls, events } = perMonth(usage)
  const total = calls + events
  console.log(
    [
      `At the list prices of ${prices.asOf} in ${prices.region}, without free tiers, in US dollars.`,
      '',
      'A million of each:',
      ...Object.entries(perMillion(usage)).map(([name, price]) => row(name, price)),
      '',
      `${usage.users} daily users, a month:`,
      row('the API', calls),
      row('events', events),
      row('together', total),
      row('for each thousand daily users', (total * 1000) / usage.users),
      '',
      'Not in it: storage ($0.25 a GB and month) and its point-in-time recovery (another $0.20),',
      "what the pipe reads of the table's stream, traffic out, alarms and dashboard, Cognito.",
    ].join('\n'),
  )
}

const row = (name: string, price: number): string =>
  `  ${name.padEnd(34)}${price.toFixed(2).padStart(12)}`

const readUsage = (): Usage => {
  const { values } = readOptions(usageText, {
    options: {
      users: { type: 'string' },
      opens: { type: 'string', default: '10' },
      comments: { type: 'string', default: '20' },
      'group-percent': { type: 'string', default: '30' },
      'group-size': { type: 'string', default: '20' },
    },
  })
  return {
    users: number('users', values.users, 1),
    opens: number('opens', values.opens, 0),
    comments: number('comments', values.comments, 0),
    groupPercent: number('group-percent', values['group-percent'], 0, 100),
    groupSize: number('group-size', values['group-size'], 1, 1000),
  }
}

const number = (name: string, text: string | undefined, min: number, max = 1e12): number => {
  const value = Number(text)
  if (text === undefined || text.trim() === '' || !(value >= min && value <= max))
    throw wrongArguments(
      usageText,
      `--${name} is ${text ?? 'missing'}: give a number from ${min}${max < 1e12 ? ` to ${max}` : ' on'}.`,
    )
  return value
}
