import { randomUUID } from 'node:crypto'

process.env['TABLE_NAME'] = `test-${randomUUID()}`

// A log line for each request would bury the test results.
console.log = () => undefined
