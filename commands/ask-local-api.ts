import { CannotRun } from './command.ts'
import { readEnvironment } from './environment.ts'

interface Question<Field> {
  path: string
  /** Fields of the response, which are texts. */
  fields: Field[]
  /** JSON to post. Without it, the question is a GET. */
  body?: object
  /** What to do if nothing responds. */
  advice?: string
}

/**
 * Asks the API that `npm start` runs on this machine.
 * @throws CannotRun if nothing responds, or something else than the API
 */
export const askLocalApi = async <Field extends string>({
  path,
  fields,
  body,
  advice = 'start it with npm start, or set PORT to its port',
}: Question<Field>): Promise<Record<Field, string>> => {
  const url = `http://127.0.0.1:${readEnvironment().port}`
  const request = body && {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }
  const response = await fetch(`${url}${path}`, request).catch(() => {
    throw new CannotRun(`The API does not respond at ${url}: ${advice}.`)
  })
  const values = (await response.json().catch(() => null)) as Record<Field, unknown> | null
  // Another program may use the port.
  if (!response.ok || fields.some((field) => typeof values?.[field] !== 'string'))
    throw new CannotRun(
      `${response.url} does not respond as the API does (status ${response.status}): check that npm start runs there and not another program, or set PORT to its port.`,
    )
  return values as Record<Field, string>
}
