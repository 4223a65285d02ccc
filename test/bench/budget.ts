import type { Ratio } from './statistics.ts'
import { table, title } from './tables.ts'

/** A figure and the limit that it must not exceed. */
export interface Budget {
  name: string
  figure: number
  most: number
  /** Half of the pairs whose median is the figure are between these values. */
  quartiles?: [number, number]
  /** An aim is only reported. */
  isAim?: true
}

/** A budget of a ratio. */
export const ratioBudget = (name: string, { median, quartiles }: Ratio, most: number): Budget => ({
  ...rounded(name, median, most),
  quartiles,
})

/** Rounds both as they are printed, so that a hidden digit cannot fail a budget. */
export const rounded = (name: string, figure: number, most: number): Budget => ({
  name,
  figure: Number(figure.toFixed(2)),
  most: Number(most.toFixed(2)),
})

const isOver = ({ figure, most }: Budget): boolean => !(figure <= most)
/** Whether it is a budget that `--check` fails for. */
export const isMissed = (budget: Budget): boolean => isOver(budget) && !budget.isAim

/** Every budget with its figure. Missed budgets are marked. */
export const budgetText = (budgets: Budget[]): string =>
  [
    title('Budgets'),
    table(
      ['', 'figure', 'quartiles', 'budget', ''],
      budgets.map((budget) => [
        budget.name,
        String(budget.figure),
        budget.quartiles?.map((each) => each.toFixed(2)).join('–') ?? '',
        String(budget.most),
        verdictOf(budget),
      ]),
    ),
  ].join('\n')

const verdictOf = (budget: Budget): string => {
  if (!isOver(budget)) return 'holds'
  return budget.isAim ? 'short of the aim' : 'MISSED'
}
