import type { Attributes } from '../../../lib/store/rows/stored-row.ts'
import { responseOf, type Event, queryOf } from './query.ts'
import { post } from './signed-post.ts'

export const handler = async (event: Event) => {
  const { Items } = JSON.parse(await post('Query', JSON.stringify(queryOf(event)))) as {
    Items: Attributes[]
  }
  return responseOf(Items)
}
