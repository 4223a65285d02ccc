import * as v from 'valibot'
import { publishedSource } from '../lib/domain/published.ts'

/** @returns what the sentence for a wrong value says after its name */
export const mustBe =
  (form: string) =>
  ({ input }: { input: unknown }): string =>
    `is ${JSON.stringify(input)}: set it to ${form}`

/** @param form what to set the value to, for the message about a wrong one */
export const text = (form: string, isRight: (given: string) => boolean) =>
  v.pipe(v.string(mustBe(form)), v.check(isRight, mustBe(form)))

export const word = (form: string) => text(form, (given) => /^\S+$/.test(given))

/** The command line gives texts, cdk.json may give booleans. */
export const flag = v.union(
  [
    v.boolean(),
    v.pipe(
      v.picklist(['true', 'false']),
      v.transform((given) => given === 'true'),
    ),
  ],
  mustBe('true or false'),
)

/** @param form what follows "a whole number from" */
export const wholeNumber = (form: string, min: number, max = Number.MAX_SAFE_INTEGER) =>
  v.pipe(
    v.custom<string | number>(
      (given) => /^\d+$/.test(String(given)) && Number(given) >= min && Number(given) <= max,
      mustBe(`a whole number from ${form}`),
    ),
    v.transform(Number),
  )

export const splitList = (list: string): string[] => list.split(',').map((item) => item.trim())

export const isUrl = (given: string) => /^https:\/\/[^\s?#]+$/.test(given) && URL.canParse(given)

/** PutEvents refuses sources that begin with "aws.". */
export const isSource = (word: string) =>
  /^\S+$/.test(word) && word !== publishedSource && !/^aws\./i.test(word)

export const isAddress = (given: string) => /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(given)

export const isHostName = (given: string) =>
  given.length <= 253 &&
  /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/.test(given)

export const isCertificateArn = (given: string) =>
  /^arn:aws[a-z-]*:acm:[a-z]{2}(-[a-z]+)+-\d:\d{12}:certificate\/[0-9a-f-]{36}$/.test(given)
