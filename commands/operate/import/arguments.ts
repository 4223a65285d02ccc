import { isEmail } from '../../../lib/domain/email.ts'
import { explainBadTime, parseTimestamp, type Timestamp } from '../../../lib/domain/time.ts'
import { readOptions, type WrongUse, makeWrongUse } from '../../command.ts'
import { parseTableOptions, tableOptions, type TableOptions, tableUsage } from '../table/options.ts'

export interface ImportArguments extends TableOptions {
  files: string[]
  /** The user whose listings the documents are, and their time. */
  origin: { viewer: string; asOf: Timestamp } | undefined
  task: 'import' | 'validate' | 'verify'
  /** What the table says about later times is not verified. Undefined for everything. */
  until: Timestamp | undefined
  /** The event file that a verification writes. */
  repair: string | undefined
  strict: boolean
}

const usage = `usage: npm run import -- [options] FILE…

  FILE            an event file (.jsonl, .jsonl.gz, or - for standard input), or a listing document
                  (.json, .json.gz), which needs --for and --as-of
  --for EMAIL     the user whose listing the documents are
  --as-of TIME    the time of the documents, such as 2017-09-03T08:00:00Z
${tableUsage}
  --strict        stop at the first line that is refused
  --dry-run       check the files and write nothing
  --verify        compare the table with what the files say, in both directions, and write nothing to it
  --until TIME    with --verify: do not compare what the table says about later times. Take the time at
                  which the files were made, so that events may arrive meanwhile
  --repair FILE   with --verify: write an event file, which must not exist yet. Importing it brings the
                  table to what the files say, as far as events can
  --help          prints this

exit codes
  0               done; after --verify: the table is what the files say
  1               lines were refused, or the command failed; after --verify: the table lacks something
                  that importing the files again brings
  2               wrong usage
  3               after --verify: the table has something that importing the files again does not correct`

/** @throws WrongUse saying which argument is wrong */
export const readArguments = (args: string[], now: number): ImportArguments => {
  const { values, positionals: files } = readOptions(usage, {
    args,
    allowPositionals: true,
    options: {
      for: { type: 'string' },
      'as-of': { type: 'string' },
      ...tableOptions,
      strict: { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      verify: { type: 'boolean', default: false },
      until: { type: 'string' },
      repair: { type: 'string' },
    },
  })
  const origin = parseOrigin(values.for, values['as-of'], now)
  if (files.length === 0) throw wrong('name at least one FILE')
  const document = files.find(isDocument)
  if (document !== undefined && origin === undefined)
    throw wrong(`${document} is a listing document: add --for and --as-of`)
  if (values['dry-run'] && values.verify) throw wrong('choose one of --dry-run and --verify')
  for (const option of ['until', 'repair'] as const)
    if (values[option] !== undefined && !values.verify) throw wrong(`use --${option} with --verify`)
  if (values.repair === '-') throw wrong('--repair cannot write to standard output: name a file')
  return {
    files,
    ...parseTableOptions(values),
    origin,
    until: values.until === undefined ? undefined : parseTime('--until', values.until),
    repair: values.repair,
    task: values['dry-run'] ? 'validate' : values.verify ? 'verify' : 'import',
    strict: values.strict,
  }
}

export const isDocument = (file: string): boolean => /\.json(\.gz)?$/.test(file)

const parseOrigin = (
  viewer: string | undefined,
  time: string | undefined,
  now: number,
): ImportArguments['origin'] => {
  if (viewer === undefined && time === undefined) return undefined
  if (viewer === undefined || time === undefined) throw wrong('use --for and --as-of together')
  const asOf = parseTime('--as-of', time)
  if (Date.parse(asOf) > now) throw wrong(`--as-of ${time} is in the future`)
  if (!isEmail(viewer))
    throw wrong('--for is not an e-mail address: name the user whose listing it is')
  return { viewer, asOf }
}

const parseTime = (option: string, time: string): Timestamp => {
  const timestamp = parseTimestamp(time)
  if (timestamp === undefined) throw wrong(`${option} ${time} ${explainBadTime(time)}`)
  return timestamp
}

const wrong = (reason: string): WrongUse => makeWrongUse(usage, reason)
