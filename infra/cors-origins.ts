import * as v from 'valibot'
import { splitList, text } from './context-values.ts'

const form =
  'one or more https origins with commas between, in lower case and without a path, such as https://app.example.com,https://admin.example.com'
const localForm = `${form}, or to * for every origin, or for pages on this machine to http://localhost:5173`

const isOrigin = (given: string) =>
  /^https?:\/\//i.test(given) &&
  URL.canParse(given) &&
  /^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(new URL(given).hostname)

/** An origin as browsers send it. */
const toOrigin = (given: string) => (given === '*' ? given : new URL(given).origin)

const isLocal = (origin: string) =>
  /^https?:\/\/(localhost|127\.0\.0\.1)(:|$)/.test(toOrigin(origin))

const adviseOnOrigin =
  (findAdvice: (origin: string) => string) =>
  ({ input: origin }: { input: string }): string =>
    `has the origin ${JSON.stringify(origin)}: ${findAdvice(origin)}`

/**
 * The origins whose pages may call the API from a browser. They are exact, because browsers and API Gateway
 * compare them as texts.
 */
export const makeCorsOrigins = (allowsLocalOrigins: boolean) =>
  v.pipe(
    text(
      allowsLocalOrigins ? localForm : form,
      (list) => list === '*' || splitList(list).every(isOrigin),
    ),
    v.check(
      (list) => allowsLocalOrigins || list !== '*',
      `is "*", which only dev accepts: set it to ${form}`,
    ),
    v.transform(splitList),
    v.checkItems(
      (origin) => allowsLocalOrigins || !isLocal(origin),
      adviseOnOrigin(
        () => 'leave it out, because only dev lets pages on this machine call the API',
      ),
    ),
    v.checkItems(
      (origin) => isLocal(origin) || !toOrigin(origin).startsWith('http:'),
      adviseOnOrigin(() => 'use https, because http lets others read the token'),
    ),
    v.checkItems(
      (origin) => origin === toOrigin(origin),
      adviseOnOrigin((origin) => `write ${toOrigin(origin)}`),
    ),
    v.checkItems(
      (origin, index, origins) => origins.indexOf(origin) === index,
      adviseOnOrigin(() => 'name it only once'),
    ),
  )
