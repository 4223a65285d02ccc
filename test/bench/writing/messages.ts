import type { SQSRecord } from 'aws-lambda'
import type { Timestamp } from '../../../lib/domain/time.ts'

/** What the events of the benchmark have in common. */
interface EventDetail {
  occurred_at: Timestamp
  room_id: number
}

/** Of a comment, a read or a receipt. */
interface DetailOfAComment extends EventDetail {
  comment_id: number
  email: string
}

export interface PostedComment extends DetailOfAComment {
  message: string
}

/** Somebody posts a comment. */
export const commentMessage = (detail: DetailOfAComment): SQSRecord =>
  messageOf('comment.posted', detail.occurred_at, {
    ...detail,
    message: 'Another message of just as many bytes: 40',
  })

/** Somebody has read up to a comment. */
export const readMessage = (detail: DetailOfAComment): SQSRecord =>
  messageOf('comment.read', detail.occurred_at, detail)

/** A device has received a comment. */
export const receiptMessage = (detail: DetailOfAComment): SQSRecord =>
  messageOf('comment.received', detail.occurred_at, detail)

/** Somebody joins. */
export const joinMessage = (detail: EventDetail & { id: number; email: string }): SQSRecord => {
  const { id, email, ...event } = detail
  const avatar_url = `https://cdn.example.com/avatars/${String(id).padStart(49, '0')}.jpg`
  return messageOf('participant.joined', detail.occurred_at, {
    ...event,
    participant: { id, email, username: `newcomer ${id}`, avatar_url },
  })
}

let lastMessage = 0

/** A message with an event, in the form that EventBridge gives it. */
const messageOf = (type: string, time: Timestamp, detail: object): SQSRecord => {
  lastMessage += 1
  const id = `message-${lastMessage}`
  const body = JSON.stringify({
    version: '0',
    id,
    'detail-type': type,
    source: 'chat',
    account: '000000000000',
    time,
    region: 'us-east-1',
    resources: [],
    detail,
  })
  return {
    messageId: id,
    receiptHandle: id,
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '1704067200000',
      SenderId: 'AIDAEXAMPLE',
      ApproximateFirstReceiveTimestamp: '1704067200000',
    },
    messageAttributes: {},
    md5OfBody: 'd41d8cd98f00b204e9800998ecf8427e',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:chat-events',
    awsRegion: 'us-east-1',
  }
}
