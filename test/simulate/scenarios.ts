/** Rooms of one size, and the comments that they get. */
export interface Rooms {
  rooms: number
  people: number
  /** The times of comments, in ms. The rooms get them in turn. */
  comments: number[]
}

/** What happens in a simulation. */
export interface Scenario {
  name: string
  /** The rooms that the simulation is about. */
  main: Rooms
  /** Others, which have to wait for them. */
  beside?: Rooms
  /** Write units a second that the table takes; all if left out. */
  tableUnits?: number
  /** Write units a second that the partition of each room beside takes. */
  unitsBeside?: number
  /** Whether the ages of the other scenarios are compared with those of this one. */
  isReference?: true
}

/** Comments at a rate, for some seconds. The pauses between them vary. */
const atRate = (perSecond: number, seconds: number, random: () => number): number[] => {
  let at = 0
  return Array.from(
    { length: Math.round(perSecond * seconds) },
    () => (at += (1000 / perSecond) * (0.5 + random())),
  )
}

type MakeScenarios = (random: () => number, people?: number) => Scenario[]

const smallRooms = (random: () => number, seconds: number): Rooms => ({
  rooms: 50,
  people: 10,
  comments: atRate(5, seconds, random),
})

/** The simulations by name. Each runs its scenarios one after the other. `people` is the size of the large groups. */
export const simulations: Record<string, MakeScenarios> = {
  burst: (random, people = 500) => [
    {
      name: 'a comment in each of 100 groups at once',
      main: { rooms: 100, people, comments: Array.from({ length: 100 }, () => 0) },
      beside: smallRooms(random, 60),
      tableUnits: 4 * people,
    },
  ],

  // A comment needs three units for each person.
  overload: (random, people = 200) => [
    {
      name: 'twice a second a comment in one of 100 groups',
      main: { rooms: 100, people, comments: atRate(2, 120, random) },
      beside: smallRooms(random, 120),
      tableUnits: Math.round((2 * 3 * people) / 1.5),
    },
  ],

  busy: (random, people = 1000) =>
    [1, 10, 50, 200].map((perSecond) => ({
      name: `${perSecond} comments a second`,
      main: { rooms: 1, people, comments: atRate(perSecond, 30, random) },
    })),

  throttled: (random, people = 10) => {
    const others = { rooms: 99, people, comments: atRate(50, 30, random) }
    return [
      { name: '99 rooms alone', main: others, isReference: true },
      {
        name: '99 rooms beside a throttled one',
        main: others,
        beside: { rooms: 1, people, comments: atRate(0.5, 30, random) },
        unitsBeside: 0.2,
      },
    ]
  },
}
