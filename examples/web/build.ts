/** npm run build: writes the files of the pages to dist/. */
import { mkdir, writeFile } from 'node:fs/promises'
import { pageFiles } from './files.ts'

const folder = new URL('dist/', import.meta.url)

await mkdir(folder, { recursive: true })
for (const { name, make } of pageFiles) await writeFile(new URL(name, folder), await make())
