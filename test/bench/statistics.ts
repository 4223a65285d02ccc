/** @param share 0.5 for the median */
export const quantile = (values: number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)] ?? NaN
  const above = sorted[Math.ceil(place)] ?? NaN
  return below + (above - below) * (place - Math.floor(place))
}

export const median = (values: number[]): number => quantile(values, 0.5)

/** The median ratio of figures from the same round, because a slow moment affects both figures. */
export interface Ratio {
  median: number
  /** Half of the rounds are between these values. */
  quartiles: [number, number]
}

export const pairedRatio = (values: number[], reference: number[]): Ratio => {
  const ratios = values.map((value, round) => value / reference[round]!)
  return { median: median(ratios), quartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)] }
}

/** What a contestant is compared with, by its name. */
export interface Compared {
  bare?: string
  tuned?: string
  personal?: string
}

export interface Comparison {
  toBare: Ratio | undefined
  toTuned: Ratio | undefined
  toPersonal: Ratio | undefined
}

/** @param figuresOf the figures of a contestant, in the order of the rounds; undefined if it was not measured */
export const compare = (
  { name, bare, tuned, personal }: Compared & { name: string },
  figuresOf: (name: string) => number[] | undefined,
): Comparison => {
  const to = (other: string | undefined): Ratio | undefined => {
    const reference = other === undefined ? undefined : figuresOf(other)
    return reference && pairedRatio(figuresOf(name)!, reference)
  }
  return { toBare: to(bare), toTuned: to(tuned), toPersonal: to(personal) }
}

/** Returns all names, starting with another one in each round, so that the first one changes. */
export const rotated = <T>(items: T[], round: number): T[] => {
  const start = round % items.length
  return [...items.slice(start), ...items.slice(0, start)]
}
