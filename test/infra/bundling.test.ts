import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { build, type Metafile } from 'esbuild'
import { entryOf, esbuildOptions } from '../../infra/bundling.ts'

const run = promisify(execFile)

/** In KB. Callers wait only for the cold start of a route's function, so the others have no limit. */
const limits: Record<string, { plain: number; gzipped: number }> = {
  'list-personal-chats': { plain: 205, gzipped: 70 },
  'list-group-chats': { plain: 205, gzipped: 70 },
  'list-all-chats': { plain: 211, gzipped: 72 },
  'leave-chat': { plain: 226, gzipped: 76 },
}

describe.each([...Object.keys(limits), 'apply-chat-events'])('%s, bundled', (name) => {
  let directory: string
  let outfile: string
  let code: Buffer
  let output: Metafile['outputs'][string]

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bundle-'))
    outfile = join(directory, 'index.js')
    const { metafile } = await build({
      ...esbuildOptions,
      entryPoints: [entryOf(name)],
      outfile,
      metafile: true,
      logLevel: 'warning',
    })
    code = await readFile(outfile)
    output = Object.values(metafile.outputs)[0]!
  })

  afterAll(() => rm(directory, { recursive: true }))

  const limit = limits[name]
  if (limit)
    test(`is at most ${limit.plain} KB, ${limit.gzipped} KB gzipped`, () => {
      expect(code.length).toBeLessThanOrEqual(1000 * limit.plain)
      expect(gzipSync(code).length).toBeLessThanOrEqual(1000 * limit.gzipped)
    })

  test('is one CommonJS file without a source map', () => {
    expect(String(code)).toMatch(/\bmodule\.exports\s*=/)
    expect(String(code)).not.toMatch(/^(import|export) /m)
    expect(String(code)).not.toContain('sourceMappingURL')
    // esbuild lists the exports of ES modules only.
    expect(output.exports).toEqual([])
  })

  test('imports only modules of Node, and loads credential providers on demand', () => {
    const imports = output.imports.filter(({ path }) => !isBuiltin(path))
    for (const { path, kind } of imports) {
      expect(esbuildOptions.external.some((name) => `${path}/`.startsWith(`${name}/`))).toBe(true)
      expect(kind).toBe('dynamic-import')
    }
  })

  test('loads with nothing but Node, without its fetch, and exports the handler', async () => {
    const script = `
      const { handler } = require(${JSON.stringify(outfile)})
      const fetched = process.moduleLoadList.filter((name) => name.includes('undici'))
      console.log(JSON.stringify({ handler: typeof handler, fetched }))`
    const { stdout, stderr } = await run(process.execPath, ['-e', script], {
      cwd: directory,
      env: { TABLE_NAME: 'chat', AWS_REGION: 'eu-west-1' },
    })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({ handler: 'function', fetched: [] })
  })
})
