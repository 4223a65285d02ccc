import { expect, test } from '@jest/globals'
import { pageFiles } from '../files.ts'

test('the files are the pages and what they load', async () => {
  const pages = pageFiles.filter(({ type }) => type === 'text/html')
  const html = await Promise.all(pages.map(({ make }) => make()))
  const loaded = [...html.join('').matchAll(/(?:href|src)="([^":]+)"/g)].map(([, name]) => name)

  expect(pageFiles.map(({ name }) => name).sort()).toEqual(
    [...pages.map(({ name }) => name), ...loaded].sort(),
  )
})
