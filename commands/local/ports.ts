import { once } from 'node:events'
import { createServer } from 'node:net'
import { CannotRun, WrongUse } from '../command.ts'

/** A port of this machine that nobody listens on. */
export const freePort = (): Promise<number> => listenOnce(0)

/** @throws CannotRun where somebody listens on the port, or this user may not */
export const requireFree = async (port: number): Promise<void> => {
  try {
    await listenOnce(port)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE')
      throw new CannotRun(
        `Port ${port} is in use: stop what runs there, or set PORT to another one.`,
      )
    if (code === 'EACCES')
      throw new WrongUse(`PORT is ${port}, which only root may use: set it to 1024 or more.`)
    throw error
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
