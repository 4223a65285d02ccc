import { once } from 'node:events'
import { createServer } from 'node:net'
import { CannotRun } from '../command.ts'

/** A port of this machine that nobody listens on. */
export const freePort = (): Promise<number> => listenOnce(0)

/** @throws CannotRun where somebody listens on the port */
export const requireFree = async (port: number): Promise<void> => {
  try {
    await listenOnce(port)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new CannotRun(`Port ${port} is in use: stop what runs there, or set PORT to another one.`)
  }
}

const listenOnce = async (wanted: number): Promise<number> => {
  const server = createServer().listen(wanted, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
