import { post } from '../../references/signed-post.ts'
import { makeHandler, type Send } from './one-call-a-write.ts'

const send: Send = async (action, input) =>
  JSON.parse(await post(action, JSON.stringify(input))) as Awaited<ReturnType<Send>>

export const handler = makeHandler(send)
