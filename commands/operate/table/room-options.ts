import { makeWrongUse } from '../../command.ts'

/** The option of a command that works on some rooms, for `readOptions`, with `allowPositionals`. */
export const roomOptions = { room: { type: 'string', multiple: true } } as const

export const roomUsage = `  --room ID…      only these rooms, and the totals of their participants`

/**
 * Reads the ids after `--room`, which parseArgs takes for positional arguments from the second on.
 * @returns undefined without `--room`: all rooms
 * @throws WrongUse naming the argument that is no id
 */
export const parseRooms = (
  usage: string,
  { room }: { room?: string[] },
  positionals: string[],
): number[] | undefined => {
  if (room === undefined && positionals[0] !== undefined)
    throw makeWrongUse(usage, `Unexpected argument '${positionals[0]}'`)
  return room && [...new Set([...room, ...positionals])].map((text) => parseRoom(usage, text))
}

const parseRoom = (usage: string, text: string): number => {
  const id = Number(text)
  if (!/^\d+$/.test(text) || id < 1 || !Number.isSafeInteger(id))
    throw makeWrongUse(usage, `--room ${text} is not the id of a room, such as 31387`)
  return id
}
