import { spawn } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import getPort from 'get-port'
import { CannotRun } from '../../commands/command.ts'
import { projectRoot } from '../../infra/bundling.ts'
import { endGroup, endWithUs } from './processes.ts'

const limitMs = 30_000

/** Milliseconds from `npm start` to the first page of a sample user. */
export const measureStart = async (): Promise<number> => {
  const port = await getPort()
  const env = { ...process.env, PORT: String(port), TABLE_NAME: 'chat' }
  Reflect.deleteProperty(env, 'AWS_ENDPOINT_URL_DYNAMODB')
  const start = performance.now()
  const child = spawn('npm', ['start'], {
    cwd: projectRoot,
    env,
    stdio: 'ignore',
    detached: true,
  })
  endWithUs(child, true)
  try {
    while ((await firstPage(`http://127.0.0.1:${port}`)) !== 200) {
      if (child.exitCode !== null || performance.now() - start > limitMs)
        throw new CannotRun('npm start does not respond: see what it prints by itself.')
      await setTimeout(5)
    }
    return performance.now() - start
  } finally {
    endGroup(child)
  }
}

/** @returns undefined while nothing listens on the port */
const firstPage = async (url: string): Promise<number | undefined> => {
  try {
    const issued = await fetch(`${url}/local/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'arizal@example.com' }),
    })
    const { token } = (await issued.json()) as { token: string }
    const page = await fetch(`${url}/chat/personal`, {
      headers: { authorization: `Bearer ${token}` },
    })
    await page.text()
    return page.status
  } catch {
    return undefined
  }
}
