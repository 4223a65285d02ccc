import { randomUUID } from 'node:crypto'

process.env['TABLE_NAME'] = `test-${randomUUID()}`

// A line for each request would drown what tests have to say.
console.log = () => undefined
