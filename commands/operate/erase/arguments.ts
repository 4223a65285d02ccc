import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { type Email, isEmail, normalizeEmail } from '../../../lib/domain/email.ts'
import { makeWrongUse, readOptions, type WrongUse } from '../../command.ts'
import { parseTableOptions, tableOptions, type TableOptions, tableUsage } from '../table/options.ts'

export interface EraseArguments extends TableOptions {
  /** Each once. */
  emails: Email[]
  dryRun: boolean
}

const usage = `usage: npm run erase -- [options] ADDRESS…

  ADDRESS         whom to erase: the e-mail address of the events, in upper or lower case, or - for a
                  list on standard input with one address a line
${tableUsage}
  --dry-run       count what would be erased and write nothing
  --help          prints this

  The exit code is 0 if everyone was erased, 1 if not, 2 if an argument is wrong, and 128 plus the
  number of the signal if the command was interrupted: 130 after Ctrl-C.`

/** @throws WrongUse saying which argument, or which line of standard input, is wrong */
export const readArguments = async (args: string[], input: Readable): Promise<EraseArguments> => {
  const { values, positionals } = readOptions(usage, {
    args,
    allowPositionals: true,
    options: { ...tableOptions, 'dry-run': { type: 'boolean', default: false } },
  })
  const table = parseTableOptions(values)
  const emails = new Set<Email>()
  for (const address of positionals) {
    const list = address === '-' ? await readList(input) : [parse(address, '')]
    for (const email of list) emails.add(email)
  }
  if (emails.size === 0) throw wrong('name at least one ADDRESS')
  return { ...table, emails: [...emails], dryRun: values['dry-run'] }
}

const readList = async (input: Readable): Promise<Email[]> => {
  const lines = (await text(input)).split('\n')
  return lines.flatMap((line, index) =>
    line.trim() === '' ? [] : [parse(line, `line ${index + 1} of standard input: `)],
  )
}

const parse = (address: string, place: string): Email => {
  if (!isEmail(address))
    throw wrong(
      `${place}${JSON.stringify(address)} is not an address of 1 to 254 characters without control characters`,
    )
  return normalizeEmail(address)
}

const wrong = (reason: string): WrongUse => makeWrongUse(usage, reason)
