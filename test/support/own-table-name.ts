import { randomUUID } from 'node:crypto'

process.env['TABLE_NAME'] = `test-${randomUUID()}`
