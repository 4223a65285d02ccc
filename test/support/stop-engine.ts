import { once } from 'node:events'
import type { Engine } from '../../commands/local/engine.ts'

export default async (): Promise<void> => {
  const { engine } = globalThis as { engine?: Engine }
  if (engine === undefined) return
  const ended = once(engine.process, 'exit')
  engine.process.kill()
  await ended
}
