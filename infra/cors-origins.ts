import { WrongContext } from './context.ts'
import { refuseValue } from './context-values.ts'
import type { StageRules } from './stages.ts'

const example = 'https://app.example.com,https://admin.example.com'
const form = `one or more https origins with commas between, in lower case and without a path, such as ${example}`
const localForm = `${form}, or to * for every origin, or for pages on this machine to http://localhost:5173`

/**
 * Parses the origins whose pages may call the API from a browser. They are exact, because browsers and API Gateway
 * compare them as texts. In dev, pages on the developer's machine and `*` are accepted as well.
 * @returns none where the value is undefined; an empty text is refused as a mistake
 * @throws WrongContext
 */
export const parseCorsOrigins = (
  value: unknown,
  { allowsLocalOrigins }: Pick<StageRules, 'allowsLocalOrigins'>,
): string[] => {
  if (value === undefined) return []
  const rightForm = allowsLocalOrigins ? localForm : form
  if (typeof value !== 'string') return refuseValue('corsOrigins', value, rightForm)
  if (value === '*') return allowsLocalOrigins ? ['*'] : refuseEveryOrigin()
  const origins = value.split(',').map((part) => part.trim())
  for (const [index, origin] of origins.entries()) {
    const right = findOrigin(origin)
    if (right === undefined) return refuseValue('corsOrigins', value, rightForm)
    if (isLocal(right) && !allowsLocalOrigins) return refuseLocal(origin)
    if (!right.startsWith('https:') && !isLocal(right))
      return refuseOrigin(origin, 'use https, because http lets others read the token')
    if (origin !== right) return refuseOrigin(origin, `write ${right}`)
    if (origins.indexOf(origin) !== index) return refuseOrigin(origin, 'name it only once')
  }
  return origins
}

/** @returns the origin as browsers send it; undefined where the text is no URL of one host */
const findOrigin = (text: string): string | undefined => {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined
  const { origin, hostname } = new URL(text)
  return /^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(hostname) ? origin : undefined
}

const isLocal = (origin: string): boolean =>
  ['localhost', '127.0.0.1'].includes(new URL(origin).hostname)

/** @throws WrongContext */
const refuseOrigin = (origin: string, advice: string): never => {
  throw new WrongContext(
    `The context value corsOrigins has the origin ${JSON.stringify(origin)}: ${advice}.`,
  )
}

const refuseLocal = (origin: string): never =>
  refuseOrigin(origin, 'leave it out, because only dev lets pages on this machine call the API')

const refuseEveryOrigin = (): never => {
  throw new WrongContext(
    `The context value corsOrigins is "*", which only dev accepts: set it to ${form}.`,
  )
}
