import type { Engine } from '../../infra/local/engine.ts'

export default (): void => {
  ;(globalThis as unknown as { engine: Engine }).engine.process.kill()
}
