/** Where a run takes its chances from: a whole number from 0 to below `options`. */
export type Choose = (options: number) => number

/** Chances from a seed (mulberry32), so that a run can be run again. */
export const diceOf = (seed: number): Choose => {
  let state = seed
  return (options) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * options)
  }
}

/**
 * Chances from a list, for fast-check to shrink; once it is used up every choice is 0. A run is made
 * such that 0 is the quiet choice: no crash, no repeat, the first worker goes on.
 */
export const choicesOf = (list: number[]): Choose => {
  let next = 0
  return (options) => (list[next++] ?? 0) % options
}

/** Notes the choices made, as {@link choicesOf} takes them. */
export const noting = (choose: Choose, list: number[]): Choose => {
  return (options) => {
    const choice = choose(options)
    list.push(choice)
    return choice
  }
}

export const pick = <T>(choose: Choose, of: readonly T[]): T => of[choose(of.length)]!

/** All zeros leave the order as it is. */
export const shuffled = <T>(choose: Choose, list: readonly T[]): T[] => {
  const rest = [...list]
  return list.map(() => rest.splice(choose(rest.length), 1)[0]!)
}
