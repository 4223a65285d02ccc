import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { marshall } from '@aws-sdk/util-dynamodb'
import { store } from '../../lib/deps.ts'
import { applyEvents } from '../../lib/store/apply-events.ts'
import { participantKey, type Key } from '../../lib/store/keys.ts'
import { gatherCalls } from '../../lib/store/send-together.ts'
import { countCommands, noteCalls, unitsOf } from '../support/calls.ts'
import { at, muted, posted, read, roomCreated } from '../support/events.ts'
import {
  failFirst,
  throttled,
  timedOut,
  unreachable,
  withFault,
  withStatementFault,
  withUnprocessedKeys,
} from '../support/faults.ts'
import {
  apply,
  createRoom,
  findRow,
  freshEmail,
  freshEmails,
  freshId,
  freshRoom,
  readItem,
  useTable,
} from '../support/inbox.ts'
import { intercept } from '../support/intercept.ts'
import { quietErrors } from '../support/quiet-errors.ts'

useTable()

const log = quietErrors()

/** A comment in each of some personal rooms, which all have one comment already. */
const commentInRooms = async (count: number) => {
  const rooms = Array.from({ length: count }, freshRoom)
  await apply(...rooms.map(({ roomId, me, other }) => roomCreated(roomId, 'single', [me, other])))
  await apply(...rooms.map(({ roomId, other }) => posted(roomId, 1, other, at(1))))
  const events = rooms.map(({ roomId, other }) => posted(roomId, 2, other, at(2)))
  const expectShown = async () => {
    for (const { me, other, roomId } of rooms) {
      expect(await findRow(me, roomId)).toMatchObject({ last_comment_id: 2, unread_count: 2 })
      expect(await findRow(other, roomId)).toMatchObject({ last_comment_id: 2, unread_count: 0 })
    }
  }
  return { events, expectShown }
}

const refused = () => Object.assign(new Error('no permission'), { name: 'AccessDeniedException' })

test('comments that come twice cost a unit and a read each, and change nothing', async () => {
  const { events, expectShown } = await commentInRooms(25)
  await apply(...events)

  const calls = await noteCalls(() => apply(...events))

  const writes = calls.filter(({ command }) => !/Get|Query/.test(command))
  expect(countCommands(writes)).toEqual({ BatchExecuteStatement: 1 })
  await expectShown()
})

test('the capacity that a comment consumes is the same if 25 are sent together', async () => {
  const { events } = await commentInRooms(25)

  const calls = await noteCalls(() => apply(...events))

  // The comment, the revision and two rows.
  expect(unitsOf(calls).write).toBe(25 * (1 + 1 + 2 * 3))
})

describe('comments in 25 rooms of two', () => {
  test('take few calls to write', async () => {
    const { events, expectShown } = await commentInRooms(25)

    const calls = await noteCalls(() => apply(...events))

    // Facts that are read at different moments make rows at different moments.
    expect(calls.filter(({ command }) => command !== 'Query').length).toBeLessThan(15)
    await expectShown()
  })

  test.each([
    'ConditionalCheckFailed',
    'DuplicateItem',
    'ProvisionedThroughputExceeded',
    'ThrottlingError',
    'RequestLimitExceeded',
    'TransactionConflict',
    'InternalServerError',
    'ItemCollectionSizeLimitExceeded',
    'ValidationError',
    'AccessDenied',
    'ResourceNotFound',
    'SomethingNew',
  ])('are applied if every second statement fails with %s', async (code) => {
    const { events, expectShown } = await commentInRooms(25)

    const calls = await noteCalls(() =>
      withStatementFault(
        (number) => (number % 2 === 1 ? code : undefined),
        () => apply(...events),
      ),
    )

    await expectShown()
    // Of the comments, of the revisions, and of the rows.
    const { UpdateItem, PutItem } = countCommands(calls)
    expect(UpdateItem).toBeGreaterThanOrEqual(12 + 12)
    expect(PutItem).toBeGreaterThanOrEqual(24)
  })

  test('are applied if statements fail and took effect all the same', async () => {
    const { events, expectShown } = await commentInRooms(25)

    await withStatementFault(
      (number) => (number % 2 === 1 ? 'InternalServerError' : undefined),
      () => apply(...events),
      'after',
    )

    await expectShown()
  })

  test('are applied if a response has fewer parts than statements, or no items', async () => {
    const { events, expectShown } = await commentInRooms(25)

    await intercept(
      async ({ command, send }) => {
        const response = await send()
        if (command !== 'BatchExecuteStatement') return response
        const Responses = response.output.Responses.slice(0, 20).map(({ Error }: any) => ({
          Error,
        }))
        return { ...response, output: { ...response.output, Responses } }
      },
      () => apply(...events),
    )

    await expectShown()
  })

  test.each([
    { what: 'is throttled, at each try', makeError: throttled, when: 'before' as const, times: 3 },
    {
      what: 'is throttled, although it took effect',
      makeError: throttled,
      when: 'after' as const,
      times: 3,
    },
    { what: 'is refused', makeError: refused, when: 'before' as const, times: 1 },
    {
      what: 'gets no response, although it took effect',
      makeError: timedOut,
      when: 'after' as const,
      times: 1,
    },
  ])('are applied if the first call $what', async ({ makeError, when, times }) => {
    const { events, expectShown } = await commentInRooms(25)

    await withFault(
      failFirst(times, 'BatchExecuteStatement', makeError),
      () => apply(...events),
      when,
    )

    await expectShown()
  })

  test('fail if DynamoDB cannot be reached, and are applied by the next delivery', async () => {
    const { events, expectShown } = await commentInRooms(25)

    const calls = await noteCalls(() =>
      withFault(
        ({ command }) => (command === 'BatchExecuteStatement' ? unreachable() : undefined),
        async () => {
          const { outcomes } = await applyEvents(store, events)
          for (const outcome of outcomes) expect(outcome).toMatchObject({ code: 'unavailable' })
        },
      ),
    )
    await apply(...events)

    expect(countCommands(calls)).toEqual({ BatchExecuteStatement: 1 })
    await expectShown()
  })
})

test('texts and addresses are parameters, so nothing in them is read as PartiQL', async () => {
  const hostile = `'"; DELETE FROM "x" -- ? \\ \u2028 \u0000 🙂`
  const [me, other] = [freshEmail("o'hara?"), freshEmail('"quoted"')]
  const rooms = [freshId(), freshId()]
  await apply(...rooms.map((roomId) => roomCreated(roomId, 'single', [me, other])))

  await apply(...rooms.map((roomId) => posted(roomId, 1, other, at(1), hostile)))

  for (const roomId of rooms)
    expect(await findRow(me, roomId)).toMatchObject({ last_comment_message: hostile })
})

test('a row that gets or loses an attribute is right: muting and unmuting', async () => {
  const { me, other, roomId } = await createRoom('single')
  for (const [second, isMuted] of [true, false, true].entries()) {
    await apply(muted(roomId, me, at(10 + second), isMuted))
    await apply(posted(roomId, 1 + second, other, at(20 + second)))

    const row = await readItem({ pk: `USER#${me}`, sk: `ROOM#${roomId}` })

    expect(row).toMatchObject({ unread_count: 1 + second })
    expect(row?.['muted']).toBe(isMuted ? true : undefined)
  }
})

describe('reads of ten people in a group that are older than the stored ones', () => {
  const readAgain = async () => {
    const people = freshEmails(10)
    const roomId = freshId()
    await apply(roomCreated(roomId, 'group', people))
    await apply(posted(roomId, 1, people[0]!, at(1)), posted(roomId, 2, people[0]!, at(2)))
    await apply(...people.map((email) => read(roomId, 2, email, at(9))))
    const before = await Promise.all(people.map((email) => readItem(participantKey(roomId, email))))
    const calls = await noteCalls(() =>
      apply(...people.map((email) => read(roomId, 1, email, at(8)))),
    )
    const after = await Promise.all(people.map((email) => readItem(participantKey(roomId, email))))
    return { before, after, calls }
  }

  test('change nothing', async () => {
    const { before, after } = await readAgain()

    expect(after).toEqual(before)
    expect(after[0]).toMatchObject({ last_comment_read_id: 2, newest_read_id: 2 })
  })

  test('take one call, if the errors have the stored items, as AWS documents', async () => {
    const { before, after, calls } = await withItemsInErrors(readAgain)

    expect(after).toEqual(before)
    expect(countCommands(calls)).toMatchObject({ BatchExecuteStatement: 1 })
    expect(calls.map(({ command }) => command)).not.toContain('UpdateItem')
  })
})

/** Adds the stored item to the error of an UPDATE whose condition failed. The embedded engine leaves it out. */
const withItemsInErrors = <T>(work: () => Promise<T>): Promise<T> =>
  intercept(
    async ({ command, input, send }) => {
      const response = await send()
      if (command !== 'BatchExecuteStatement') return response
      for (const [index, { Error }] of response.output.Responses.entries())
        if (Error?.Code === 'ConditionalCheckFailed') {
          const { Statement, Parameters } = (input['Statements'] as any[])[index]
          const before = Statement.split(' WHERE ')[0].split('?').length - 1
          const [pk, sk] = Parameters.slice(before).map(({ S }: { S: string }) => S)
          Error.Item = marshall((await readItem({ pk, sk }))!)
        }
      return response
    },
    work,
    { step: 'serialize', priority: 'high' },
  )

test('a code that a table that works does not return is logged once, without what was written', async () => {
  const { events } = await commentInRooms(3)

  await withStatementFault(
    () => 'MadeUpForThisTest',
    () => apply(...events),
  )

  expect(log.mock.calls.map(([line]) => JSON.parse(line))).toContainEqual({
    level: 'WARN',
    reason:
      'DynamoDB does not carry out a statement (MadeUpForThisTest: injected), so writes take more calls than they should',
    statement: expect.stringMatching(/^INSERT INTO/),
  })
  const lines = log.mock.calls.filter(([line]) => line.includes('MadeUpForThisTest'))
  expect(lines).toHaveLength(1)
  expect(lines.join()).not.toContain('@example.com')
})

describe('calls that are gathered', () => {
  const keyOf = (name: string): Key => ({ pk: `TEST#${name}`, sk: 'ITEM' })
  const insertAll = (keys: Key[]) => {
    const { together } = gatherCalls(store)
    return Promise.all(keys.map((key, index) => together!.insert(key, { number: index })))
  }

  test('go in calls of 25 at most, and never twice for one item in a call', async () => {
    const names = Array.from({ length: 60 }, () => String(freshId()))
    const keys = [...names, names[0]!, names[0]!].map(keyOf)

    let outcomes: unknown
    const calls = await noteCalls(async () => {
      outcomes = await insertAll(keys)
    })

    const sizes = calls.map(({ input }) => (input['Statements'] as unknown[]).length)
    // The third write of the item is alone.
    expect(sizes.sort()).toEqual([11, 25, 25])
    expect(outcomes).toHaveLength(62)
    const done = (outcomes as { isDone: boolean }[]).filter(({ isDone }) => isDone)
    expect(done).toHaveLength(60)
  })

  test('do not wait for a call that does not return', async () => {
    const { together } = gatherCalls(store)
    const insertTwo = () =>
      Promise.all(
        [keyOf(String(freshId())), keyOf(String(freshId()))].map((key) =>
          together!.insert(key, {}),
        ),
      )
    let isHanging = false

    const outcomes = await intercept(
      ({ send }) => {
        if (isHanging) return send()
        isHanging = true
        return new Promise(() => undefined)
      },
      async () => {
        void insertTwo()
        await setImmediate()
        return insertTwo()
      },
    )

    expect(outcomes.map(({ isDone }) => isDone)).toEqual([true, true])
  })

  test('read items that DynamoDB left unread in calls of their own', async () => {
    const keys = Array.from({ length: 10 }, () => keyOf(String(freshId())))
    await insertAll(keys.slice(0, 5))
    const { together } = gatherCalls(store)
    const readAll = () => Promise.all(keys.map((key) => together!.read(key)))

    const read = await readAll()
    const throttledRead = await withUnprocessedKeys(1, readAll)

    expect(read.map(({ isDone }) => isDone)).toEqual(keys.map(() => true))
    expect(read.map(({ item }) => item?.['number'])).toEqual([
      ...[0, 1, 2, 3, 4],
      ...keys.slice(5).map(() => undefined),
    ])
    expect(throttledRead.map(({ isDone }) => isDone)).toEqual(keys.map(() => false))
  })

  test('make no call for a single one, which its caller makes', async () => {
    const calls = await noteCalls(async () => {
      expect(await insertAll([keyOf(String(freshId()))])).toEqual([
        { isDone: false, item: undefined },
      ])
    })

    expect(calls).toEqual([])
  })
})
