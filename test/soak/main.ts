/**
 * npm run soak -- --minutes N: runs many users on the API of npm start, with stalls and kills. Whenever everything
 * that was sent is applied, it compares all listings with an independent model. It checks every response in between.
 */
import { constants } from 'node:os'
import pMap from 'p-map'
import { runCommand } from '../../commands/command.ts'
import { endWithNpm } from '../../commands/local/end-with-npm.ts'
import { type Choose, diceOf, pick } from '../model/choices.ts'
import { type Activity, runActivities } from './activities.ts'
import { readArguments } from './arguments.ts'
import { Badges } from './badges.ts'
import { checkListings } from './check-listings.ts'
import { Client } from './client.ts'
import { Departures } from './departures.ts'
import { Faults, makeFault } from './faults.ts'
import { Findings } from './findings.ts'
import { KeptPages } from './kept-pages.ts'
import { Oracle } from './oracle.ts'
import { Phones } from './phones.ts'
import { Reader } from './read-listings.ts'
import { formatProgress, formatReport, type Run, type Sample } from './report.ts'
import { Stack } from './stack.ts'
import { Statistics } from './statistics.ts'
import { Traffic } from './traffic.ts'
import { World } from './world.ts'

const size = { users: 40, single: 60, group: 30 }
/** From one quiet point to the next. */
const roundMs = 15_000
const sampleMs = 1000
const progressMs = 60_000
const checksAtOnce = 4
/** Processes are killed only in this first part of the run. In the rest, a growth of their memory shows. */
const shareWithKills = 0.4

const soak = async (): Promise<void> => {
  const { minutes, seed } = readArguments(process.argv.slice(2), Date.now())
  endWithNpm()
  const stack = await Stack.start()
  const start = performance.now()
  const elapsed = () => (performance.now() - start) / 1000
  const say = (line: string) => {
    console.log(`${elapsed().toFixed(1)} s: ${line}`)
  }
  /** Each part has its own random choices, so that the timing of one part changes few choices of another. */
  let parts = 0
  const nextDice = (): Choose => diceOf(seed * 31 + parts++)

  const [faults, findings] = [new Faults(), new Findings(say)]
  const [statistics, departures] = [new Statistics(), new Departures()]
  const world = new World(nextDice(), size, Date.now)
  const oracle = new Oracle(world)
  const client = new Client(stack, faults, findings, statistics)
  const shared = { stack, world, client, faults, findings, departures }
  const traffic = new Traffic({ ...shared, choose: nextDice() })
  const pages = new KeptPages((user, path, headers = {}) => client.call({ user, path, headers }))
  const reader = new Reader(pages, findings, departures, nextDice())
  const phones = new Phones(client)
  const badges = new Badges(stack)
  const chooseFault = nextDice()

  const counts = { quietSeconds: 0, compared: 0, quietPoints: 0 }
  const samples: Sample[] = []
  const describeRun = (): Run => ({
    seed,
    seconds: elapsed(),
    trafficSeconds: elapsed() - counts.quietSeconds,
    rooms: world.rooms.length,
    users: size.users,
    traffic,
    statistics,
    faults,
    findings,
    compared: counts.compared,
    quietPoints: counts.quietPoints,
    pages: reader.checked,
    samples,
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      console.log(`Interrupted.\n${formatReport(describeRun())}`)
      process.exit(128 + constants.signals[signal])
    })
  setInterval(() => samples.push(stack.measure()), sampleMs)
  setInterval(() => {
    console.log(formatProgress(describeRun()))
  }, progressMs)
  console.log(`Soaking ${stack.url} for ${minutes} minutes, seed ${seed}. Ctrl-C stops it.`)

  const endMs = start + minutes * 60_000
  const mayKill = () => elapsed() < minutes * 60 * shareWithKills
  const activities: Activity[] = [
    { workers: 8, pauseMs: 150, work: () => traffic.deliverEvent() },
    { workers: 2, pauseMs: 800, work: () => traffic.leaveRoom() },
    { workers: 6, pauseMs: 120, work: (choose) => reader.read(pick(choose, world.users)) },
    { workers: 4, pauseMs: 400, work: (choose) => phones.sync(pick(choose, world.users)) },
    { workers: 1, pauseMs: 300, work: () => badges.receive().then(() => undefined) },
    { workers: 1, pauseMs: 5000, work: () => traffic.importFile() },
    { workers: 1, pauseMs: 3000, work: () => makeFault(stack, faults, chooseFault, mayKill()) },
  ]

  /** Runs at a quiet point, when everything that was sent has succeeded. */
  const compareListings = async (): Promise<void> => {
    const quietStart = elapsed()
    await badges.settle()
    await pMap(
      world.users,
      async (user) => {
        const { checked, wrong } = await checkListings(oracle, pages, user)
        counts.compared += checked
        const wrongCopy = await phones.compare(oracle, user)
        const wrongBadge = await badges.compare(client, user)
        counts.compared += badges.has(user) ? 2 : 1
        for (const problem of [...wrong, wrongCopy, wrongBadge].filter(Boolean))
          findings.add('listing', `${problem} (seed ${seed})`)
      },
      { concurrency: checksAtOnce },
    )
    counts.quietPoints += 1
    counts.quietSeconds += elapsed() - quietStart
  }

  do {
    const lastsMs = Math.min(roundMs, Math.max(0, endMs - performance.now()))
    await runActivities(activities, lastsMs, nextDice)
    await compareListings()
  } while (performance.now() < endMs && findings.count === 0)

  console.log(formatReport(describeRun()))
  if (findings.count > 0) {
    stack.keepsFiles = true
    console.log(`The output of npm start is in ${stack.logFile}.`)
  }
  process.exit(findings.count > 0 ? 1 : 0)
}

runCommand(soak)
