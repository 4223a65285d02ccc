import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createTable } from '../../commands/local/table.ts'
import { store } from '../../lib/deps.ts'
import { roomTypes } from '../../lib/domain/room-type.ts'
import { putItems } from '../support/put-items.ts'
import type { Budget } from './budget.ts'
import { budgetsOf, type Results } from './budgets.ts'
import { measureCold } from './cold.ts'
import { isBare, isOnCompactRows, isOurs, prepareContestants } from './contestants.ts'
import { measureData } from './data.ts'
import { measureFirstCall } from './first-call.ts'
import { listingOf, plainRowOf, viewer } from './fixtures.ts'
import { type Machine, plainTableName } from './processes.ts'
import { textOf } from './report.ts'
import { measureStart } from './startup.ts'
import { step } from './step.ts'
import { measureWarm } from './warm.ts'

const whole = {
  coldRounds: 48,
  firstCallRounds: 16,
  warm: {
    ours: {
      processes: 3,
      warmUp: 1000,
      alone: { rounds: 10, requests: 80 },
      sixteen: { rounds: 1, requests: 96 },
    },
    references: {
      processes: 1,
      warmUp: 400,
      alone: { rounds: 8, requests: 60 },
      sixteen: { rounds: 1, requests: 96 },
    },
  },
  data: { roomsOfAUser: [10, 1000, 100_000], people: [2, 100, 1000] },
}
const quickWarm = {
  processes: 1,
  warmUp: 20,
  alone: { rounds: 2, requests: 20 },
  sixteen: { rounds: 2, requests: 32 },
}
const quick: typeof whole = {
  coldRounds: 2,
  firstCallRounds: 2,
  warm: { ours: quickWarm, references: quickWarm },
  data: { roomsOfAUser: [10, 1000], people: [2, 100] },
}
/** The number of rooms of each type that the listed user has. */
const roomsOfViewer = 60

/** Measures the listing functions next to their references, and what each operation consumes in DynamoDB. */
export const benchReading = async (
  machine: Machine,
  isQuick: boolean,
): Promise<{ results: Results; text: string; budgets: Budget[] }> => {
  const extent = isQuick ? quick : whole
  await step('the listings', seedListings)
  const contestants = await step('cdk synth, and the references', () =>
    prepareContestants(machine.directory),
  )
  const results: Results = {
    cold: await step('cold', () =>
      measureCold(
        machine,
        contestants.filter((each) => !isOnCompactRows(each)),
        extent.coldRounds,
      ),
    ),
    firstCall: await step('first call on a part of a core', () =>
      measureFirstCall(
        machine,
        contestants.filter((each) => isOurs(each) || isBare(each)),
        extent.firstCallRounds,
      ),
    ),
    ...(await step('warm', () => measureWarm(machine, contestants, extent.warm))),
    startMs: await step('npm start', measureStart),
    data: await step('data', () => measureData(extent.data)),
  }
  return { results, text: textOf(results), budgets: budgetsOf(results) }
}

/** Writes the listings of the viewer, in both forms of rows. */
const seedListings = async (): Promise<void> => {
  await createTable(new DynamoDBClient(), plainTableName)
  const plain = { ...store, tableName: plainTableName }
  for (const type of roomTypes) {
    await putItems(store, listingOf(viewer, type, roomsOfViewer, 1))
    await putItems(plain, listingOf(viewer, type, roomsOfViewer, 1, plainRowOf))
  }
}
