export { createFakeServer, type FakeServer } from './fake-server.ts'
export * from './fixtures.ts'
