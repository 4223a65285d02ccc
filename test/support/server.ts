import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import getPort from 'get-port'
import type { LocalTable } from '../../commands/environment.ts'
import { findCommandFile } from './command-file.ts'
import { compileCache } from './compile-cache.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Server {
  url: string
  table: LocalTable
  stop: () => Promise<void>
}

/** Runs what `npm start` runs, with the sample chats in a new table, on this port or a free one. */
export const startServer = async (port?: number): Promise<Server> => {
  const PORT = String(port ?? (await getPort()))
  const child = execa(process.execPath, [findCommandFile('start')], {
    cwd: root,
    env: { PORT, TABLE_NAME: `test-${randomUUID()}`, NODE_COMPILE_CACHE: compileCache },
    all: true,
    reject: false,
  })
  let output = ''
  child.all.on('data', (data) => (output += String(data)))
  const ended = child.then(() => {
    throw new Error(output)
  })
  const welcomed = async () => {
    while (!output.includes('Ctrl-C')) await setTimeout(20)
  }
  await Promise.race([ended, welcomed()])
  const url = `http://127.0.0.1:${PORT}`
  return {
    url,
    table: (await (await fetch(`${url}/local/table`)).json()) as LocalTable,
    stop: async () => {
      child.kill('SIGTERM')
      await child
    },
  }
}

/** Applies an event, as the form of the page does. It happens now, unless the detail says when. */
export const sendEvent = async (
  { url }: Server,
  type: string,
  detail: Record<string, unknown>,
): Promise<void> => {
  const body = JSON.stringify({
    'detail-type': type,
    detail: { occurred_at: new Date().toISOString(), ...detail },
  })
  const response = await fetch(`${url}/local/events`, { method: 'POST', body })
  if (!response.ok) throw new Error(await response.text())
}
