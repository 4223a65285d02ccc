import { once } from 'node:events'
import { createServer } from 'node:net'
import { CannotRun, WrongUse } from '../command.ts'

/** @throws CannotRun when the port is in use, WrongUse when this user may not listen on it */
export const checkPort = async (port: number, host: string): Promise<void> => {
  const server = createServer().listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE')
      throw new CannotRun(
        `Port ${port} is in use: stop the program that uses it, or set PORT to another port.`,
      )
    if (code === 'EACCES')
      throw new WrongUse(`PORT is ${port}, which only root can use: set it to 1024 or more.`)
    throw error
  }
  server.close()
  await once(server, 'close')
}
