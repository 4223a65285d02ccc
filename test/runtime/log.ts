import assert from 'node:assert/strict'

/** A log event as the runtime client writes it in the format TEXT: four parts, with tabs between. */
export interface LogEvent {
  time: string
  /** Lambda's id of the invocation, or `-` while the function starts. */
  requestId: string
  level: string
  message: string
}

const headerBytes = 16
/** The low bits of a frame's type tell the level. */
const textFrame = 0xa55a0003

/**
 * Reads what the runtime client has written to Lambda's log channel: each event is a frame of type, length,
 * time and text.
 */
export const readLog = (written: Buffer): LogEvent[] => {
  const events: LogEvent[] = []
  for (let offset = 0; offset < written.length;) {
    const type = written.readUInt32BE(offset)
    assert.equal((type & ~0x1c) >>> 0, textFrame, 'the log has a frame that is not text')
    const start = offset + headerBytes
    const end = start + written.readInt32BE(offset + 4)
    events.push(parseEvent(written.toString('utf8', start, end)))
    offset = end
  }
  return events
}

const parseEvent = (text: string): LogEvent => {
  const parts = /^([^\t]+)\t([^\t]+)\t([A-Z]+)\t(.*)\n$/s.exec(text)
  assert.ok(parts, `not a log event of Lambda: ${JSON.stringify(text)}`)
  const [, time, requestId, level, message] = parts
  return { time, requestId, level, message } as LogEvent
}

/** The object that a function printed as one line. @throws AssertionError if the message is anything else */
export const parseMessage = ({ message }: LogEvent): any => {
  assert.match(message, /^\{[^\n]*\}$/, 'a message is one line of JSON')
  return JSON.parse(message)
}
