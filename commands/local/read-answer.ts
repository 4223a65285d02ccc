import { CannotRun } from '../command.ts'

/**
 * Reads what the API on this machine answers a command.
 * @param fields of the answer, which are texts
 * @throws CannotRun if it is no such answer: another program may use the port
 */
export const readAnswer = async <Field extends string>(
  answer: Response,
  fields: Field[],
): Promise<Record<Field, string>> => {
  const body = (await answer.json().catch(() => null)) as Record<Field, unknown> | null
  if (!answer.ok || fields.some((field) => typeof body?.[field] !== 'string'))
    throw new CannotRun(
      `${answer.url} does not answer as the API does (status ${answer.status}): check that npm start runs there and not another program, or set PORT to its port.`,
    )
  return body as Record<Field, string>
}
