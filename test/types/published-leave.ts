import type { AttributeName, Progress } from '../../lib/domain/fact-groups.ts'
import { publishedLeave } from '../../lib/store/schema.ts'

/** The names that publish-changes reads, beside the value of the mark. */
type Names = Omit<typeof publishedLeave, 'markValue'>

export const names: Record<keyof Names, AttributeName<'participant'>> = publishedLeave

export const mark: Pick<Progress['participant'], typeof publishedLeave.mark> = {
  [publishedLeave.mark]: publishedLeave.markValue,
}

export const wrongName: Record<keyof Names, AttributeName<'participant'>> = {
  ...publishedLeave,
  // @ts-expect-error: a stored participant has no such attribute.
  leftAt: 'gone_at',
}

export const wrongMark: Pick<Progress['participant'], typeof publishedLeave.mark> = {
  // @ts-expect-error: the mark has another value.
  [publishedLeave.mark]: 'app',
}

// @ts-expect-error: publish-changes cannot read a name that publishedLeave does not have.
export const unknown = publishedLeave.leftThrough
