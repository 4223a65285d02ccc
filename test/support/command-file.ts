import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('../../', import.meta.url)

/**
 * Finds the file that Node runs for `npm run NAME`.
 * @param name of a script in package.json
 */
export const findCommandFile = (name: string): string => {
  const { scripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
    scripts: Record<string, string>
  }
  return fileURLToPath(new URL(scripts[name]!.split(' ').at(-1)!, root))
}
