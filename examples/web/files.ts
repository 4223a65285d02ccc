import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const sources = new URL('src/', import.meta.url)
const require = createRequire(import.meta.url)

type Content = () => Promise<string>

/** A file of the pages, as a browser gets it. */
export interface PageFile {
  name: string
  type: 'text/html' | 'text/css' | 'text/javascript'
  /** Makes it from the sources as they are now. */
  make: Content
}

const read =
  (source: string): Content =>
  () =>
    readFile(new URL(source, sources), 'utf8')

const readPackage =
  (path: string): Content =>
  () =>
    readFile(require.resolve(path), 'utf8')

const bundle =
  (entry: string): Content =>
  async () => {
    // Imported here because it is large: who only lists the files does not wait for it.
    const { build } = await import('esbuild')
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL(entry, sources))],
      bundle: true,
      write: false,
      format: 'esm',
      target: 'es2024',
    })
    return outputFiles[0]!.text
  }

export const pageFiles: PageFile[] = [
  { name: 'index.html', type: 'text/html', make: read('index.html') },
  { name: 'page.css', type: 'text/css', make: read('page.css') },
  { name: 'app.js', type: 'text/javascript', make: bundle('app.tsx') },
  { name: 'docs.html', type: 'text/html', make: read('docs.html') },
  { name: 'docs.js', type: 'text/javascript', make: bundle('docs.ts') },
  {
    name: 'swagger-ui.css',
    type: 'text/css',
    make: readPackage('swagger-ui-dist/swagger-ui.css'),
  },
  {
    name: 'swagger-ui-bundle.js',
    type: 'text/javascript',
    make: readPackage('swagger-ui-dist/swagger-ui-bundle.js'),
  },
]
