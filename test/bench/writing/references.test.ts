import { describe, expect, test } from '@jest/globals'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { store } from '../../../lib/deps.ts'
import type { ChatEvent } from '../../../lib/domain/events.ts'
import { applyEvents } from '../../../lib/store/apply-events.ts'
import { useTable } from '../../support/inbox.ts'
import type { NextBatch } from './batch.ts'
import { cases } from './cases.ts'
import { makeHandler } from './references/one-call-a-write.ts'
import { makeSend } from './references/sdk.ts'

useTable()

describe('a reference of the writing benchmark leaves the rows of the product', () => {
  test.each(['comment, 100 rooms of 2', 'comment, 25 groups of 20'] as const)(
    '%s',
    async (name) => {
      const next: NextBatch = await cases[name].start()
      const { messages } = await next()
      await makeHandler(makeSend(new DynamoDBClient()))({ Records: messages })

      // They are known then, so the product compares the rows, and writes those that differ.
      const { outcomes, rowsWritten } = await applyEvents(
        store,
        messages.map(({ body }) => eventOf(body)),
      )

      expect(outcomes.filter(Boolean)).toEqual([])
      expect(rowsWritten).toBe(0)
    },
  )
})

const eventOf = (body: string): ChatEvent => {
  const { detail, ...entry } = JSON.parse(body) as { 'detail-type': string; detail: object }
  return { ...detail, type: entry['detail-type'] } as ChatEvent
}
