import { randomUUID } from 'node:crypto'

process.env['TABLE_NAME'] = `test-${randomUUID()}`

// Handlers log a line for each request, which would hide the output of tests.
console.log = () => undefined
