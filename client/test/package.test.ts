import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { build } from 'esbuild'
import { ended, runProgram } from '../../test/support/run.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const tsc = join(root, 'node_modules/typescript/bin/tsc')

interface Package {
  version: string
  dependencies?: object
}
const readPackage = async (path: string): Promise<Package> =>
  JSON.parse(await readFile(join(root, path), 'utf8')) as Package

/** The snippets of the README that begin with the name of their file. */
const readSnippets = async (): Promise<[file: string, code: string][]> => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  return [...readme.matchAll(/```tsx?\n\/\/ (\S+)\n(.*?)```/gs)].map(([, file, code]) => [
    file!,
    code!,
  ])
}

/** What the snippets import, as far as they use it. */
const declarations = `
declare module 'react' {
  export function useSyncExternalStore<T>(
    subscribe: (listener: () => void) => () => void,
    getSnapshot: () => T,
  ): T
}
declare module '@tanstack/react-query' {
  export function infiniteQueryOptions<Data, Parameter>(options: {
    queryKey: unknown[]
    queryFn: (context: { pageParam: Parameter; signal: AbortSignal }) => Promise<Data>
    initialPageParam: Parameter
    getNextPageParam: (lastPage: Data) => Parameter | undefined | null
    retry: false
  }): unknown
  export function queryOptions<Data, Selected>(options: {
    queryKey: unknown[]
    queryFn: (context: { signal: AbortSignal }) => Promise<Data>
    select: (data: Data) => Selected
    retry: false
  }): unknown
}
declare namespace JSX {
  interface IntrinsicElements {
    [name: string]: object
  }
}
`

/** A team's project with the package and nothing else. */
let project: string

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'client-'))
  const installed = join(project, 'node_modules/chat-inbox-client')
  await mkdir(installed, { recursive: true })
  const packed = await ended(
    runProgram('npm', ['pack', '-w', 'client', '--pack-destination', project]),
  )
  const { version } = await readPackage('client/package.json')
  const file = join(project, `chat-inbox-client-${version}.tgz`)
  const unpacked = await ended(
    runProgram('tar', ['-xzf', file, '--strip-components=1', '-C', installed]),
  )
  if (packed.code !== 0 || unpacked.code !== 0) throw new Error(packed.output + unpacked.output)

  const files: [string, string][] = [
    ...(await readSnippets()),
    ['package.json', '{"type":"module"}'],
    ['sign-in.ts', 'export declare const getIdToken: (refresh: boolean) => Promise<string>\n'],
    ['declarations.d.ts', declarations],
  ]
  for (const [name, text] of files) {
    await mkdir(dirname(join(project, name)), { recursive: true })
    await writeFile(join(project, name), text)
  }
}, 120_000)
afterAll(() => rm(project, { recursive: true }))

describe('the package', () => {
  test('has the version of the project, and no dependencies', async () => {
    const { version, dependencies } = await readPackage('client/package.json')

    expect(version).toBe((await readPackage('package.json')).version)
    expect(dependencies).toBeUndefined()
    expect(await readFile(new URL('../src/stored-copy.ts', import.meta.url), 'utf8')).toContain(
      `const version = '${version}'`,
    )
  })

  test.each([
    ['nodenext', 'nodenext'],
    ['bundler', 'esnext'],
  ])(
    'compiles with the snippets of its README, with %s and all that is strict',
    async (moduleResolution, module) => {
      const config = join(project, `tsconfig.${moduleResolution}.json`)
      const compilerOptions = {
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        skipLibCheck: false,
        noEmit: true,
        target: 'es2022',
        lib: ['es2022', 'dom'],
        types: [],
        jsx: 'preserve',
        module,
        moduleResolution,
      }
      await writeFile(config, JSON.stringify({ compilerOptions, include: ['*.ts', '*.tsx'] }))

      const { code, output } = await ended(runProgram(process.execPath, [tsc, '-p', config]))

      expect({ code, output }).toEqual({ code: 0, output: '' })
    },
  )

  test('runs as an ES module in Node', async () => {
    const { output } = await ended(runProgram(process.execPath, [join(project, 'inbox.test.ts')]))

    expect(output).toBe('Ann,Trip\nfailure')
  })

  test('can be bundled for a browser, and is small', async () => {
    const { outputFiles, warnings } = await build({
      entryPoints: [join(project, 'inbox.ts')],
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      platform: 'browser',
      external: ['./sign-in.js'],
    })

    expect(warnings).toEqual([])
    expect(outputFiles[0]!.contents.length).toBeLessThan(8192)
  })
})

test('the README shows a whole data layer in less than 60 lines', async () => {
  const snippets = new Map(await readSnippets())

  expect([...snippets.keys()]).toEqual(['inbox.ts', 'room-list.tsx', 'queries.ts', 'inbox.test.ts'])
  expect(snippets.get('inbox.ts')!.split('\n').length).toBeLessThan(60)
})
