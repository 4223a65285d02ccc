import type { Ratio } from './statistics.ts'

/** The heading of a table. */
export const title = (text: string): string => `\n${text}\n`

/** Aligns the cells: those of the first column to the left, all others to the right. */
export const table = (head: string[], rows: string[][]): string => {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]!.length)),
  )
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** A ratio with its quartiles; empty if there is none. */
export const ratioText = (ratio: Ratio | undefined): string =>
  ratio === undefined
    ? ''
    : `${ratio.median.toFixed(2)} (${ratio.quartiles.map((each) => each.toFixed(2)).join('–')})`
