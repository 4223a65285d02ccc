import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { execa } from 'execa'
import { compileCache } from './support/compile-cache.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const sources = ['client', 'commands', 'examples', 'functions', 'infra', 'lib']

/** Each import breaks the rule of its name. */
const forbiddenImports = [
  { rule: 'domain', file: 'lib/domain/a.ts', code: "import './../store/store.ts'" },
  { rule: 'domain-packages', file: 'lib/domain/b.ts', code: "import 'valibot'" },
  { rule: 'domain-packages', file: 'lib/domain/c.ts', code: "import 'node:zlib'" },
  { rule: 'store', file: 'lib/store/a.ts', code: "import '../../lib/http/handler.ts'" },
  { rule: 'store', file: 'lib/store/b.ts', code: "await import('../http/handler.ts')" },
  { rule: 'store', file: 'lib/store/c.ts', code: "import type { a } from '../deps.ts'" },
  { rule: 'store-ground', file: 'lib/store/keys.ts', code: "import './facts/record.ts'" },
  { rule: 'store-ground', file: 'lib/store/retry.ts', code: "import './leave-room.ts'" },
  { rule: 'store-facts', file: 'lib/store/facts/a.ts', code: "import '../rows/list.ts'" },
  { rule: 'store-facts', file: 'lib/store/facts/b.ts', code: "import '../leave-room.ts'" },
  { rule: 'store-rows', file: 'lib/store/rows/a.ts', code: "import '../facts/record.ts'" },
  {
    rule: 'store-maintenance',
    file: 'lib/store/d.ts',
    code: "import './maintenance/erase-users.ts'",
  },
  {
    rule: 'store-maintenance',
    file: 'functions/d.ts',
    code: "import '../lib/store/maintenance/erase-users.ts'",
  },
  { rule: 'http', file: 'lib/http/a.ts', code: "import '../events/queue.ts'" },
  { rule: 'events', file: 'lib/events/a.ts', code: "import '../store/store.ts'" },
  { rule: 'sdk', file: 'lib/http/b.ts', code: "import '@aws-sdk/client-dynamodb'" },
  { rule: 'sdk', file: 'lib/events/b.ts', code: "import type {} from '@aws-sdk/lib-dynamodb'" },
  { rule: 'config-routes', file: 'lib/routes.ts', code: "import './http/handler.ts'" },
  { rule: 'deps', file: 'lib/deps.ts', code: "import './http/handler.ts'" },
  { rule: 'functions', file: 'functions/a.ts', code: "import './leave-chat.ts'" },
  { rule: 'functions', file: 'functions/b.ts', code: "import '../infra/api-stack.ts'" },
  { rule: 'functions-packages', file: 'functions/c.ts', code: "import '@middy/core'" },
  { rule: 'commands', file: 'commands/a.ts', code: "import '../lib/store/rows/list.ts'" },
  { rule: 'commands', file: 'commands/b.ts', code: "import '../infra/api-stack.ts'" },
  { rule: 'commands-store', file: 'commands/c.ts', code: "import '../lib/store/keys.ts'" },
  {
    rule: 'commands-functions',
    file: 'commands/d.ts',
    code: "import '../functions/leave-chat.ts'",
  },
  { rule: 'commands-ground', file: 'commands/g.ts', code: "import './local/engine.ts'" },
  { rule: 'commands-ground', file: 'commands/h.ts', code: "import './operate/table/target.ts'" },
  { rule: 'commands-houses', file: 'commands/operate/a.ts', code: "import '../local/engine.ts'" },
  {
    rule: 'commands-houses',
    file: 'commands/local/a.ts',
    code: "import '../contract/examples.ts'",
  },
  {
    rule: 'commands-houses',
    file: 'commands/contract/a.ts',
    code: "import '../operate/table/target.ts'",
  },
  {
    rule: 'commands-operate',
    file: 'commands/operate/erase/a.ts',
    code: "import type {} from '../import/main.ts'",
  },
  {
    rule: 'commands-operate',
    file: 'commands/operate/table/a.ts',
    code: "import '../import/main.ts'",
  },
  {
    rule: 'commands',
    file: 'commands/local/b.ts',
    code: "import '../../examples/web/src/client.ts'",
  },
  { rule: 'client', file: 'client/src/a.ts', code: "import '../testing/index.ts'" },
  { rule: 'client', file: 'client/src/b.ts', code: "import type {} from '../../lib/routes.ts'" },
  { rule: 'client-testing', file: 'client/testing/a.ts', code: "import '../test/support.ts'" },
  { rule: 'client-test', file: 'client/test/a.ts', code: "import '../../lib/routes.ts'" },
  { rule: 'client-packages', file: 'client/src/c.ts', code: "import 'valibot'" },
  { rule: 'client-packages', file: 'client/testing/b.ts', code: "import 'node:crypto'" },
  {
    rule: 'web',
    file: 'examples/web/a.ts',
    code: "import '../../commands/local/sample-users.ts'",
  },
  { rule: 'web', file: 'examples/web/src/a.tsx', code: "import '../../../lib/routes.ts'" },
  { rule: 'web-browser', file: 'examples/web/src/b.ts', code: "import '../files.ts'" },
  {
    rule: 'web-browser',
    file: 'examples/web/src/d.ts',
    code: "import '../../../client/testing/index.ts'",
  },
  { rule: 'web-packages', file: 'examples/web/src/c.ts', code: "import 'node:crypto'" },
  {
    rule: 'publishing',
    file: 'examples/publishing/a.ts',
    code: "import type {} from '../../lib/routes.ts'",
  },
  { rule: 'infra', file: 'infra/a.ts', code: "import '../functions/leave-chat.ts'" },
  { rule: 'infra', file: 'infra/b.ts', code: "import '../lib/store/leave-room.ts'" },
  { rule: 'infra', file: 'infra/c.ts', code: "import '../test/world.ts'" },
  { rule: 'test-packages', file: 'lib/http/c.ts', code: "import 'fast-check'" },
  { rule: 'process', file: 'lib/http/d.ts', code: "await import('node:process')" },
  { rule: 'circle', file: 'lib/domain/d.ts', code: "import './e.ts'" },
]

/** Files that others import, and imports that are allowed. */
const otherFiles = {
  'client/src/index.ts': "import type {} from '../../docs/openapi.d.ts'",
  'client/test/index.test.ts':
    "import '../src/index.ts'; import '../testing/index.ts'; import '../../test/support/property.ts'",
  'client/test/support.ts': '',
  'client/testing/index.ts': "import '../src/index.ts'",
  'commands/e.ts': "await import('../functions/leave-chat.ts'); import '../lib/store/store.ts'",
  'commands/local/engine.ts': '',
  'commands/local/sample-users.ts': '',
  'commands/local/serve-page.ts': "import '../../examples/web/files.ts'",
  'docs/openapi.d.ts': 'export {}',
  'commands/contract/examples.ts': "import '../e.ts'",
  'commands/operate/import/main.ts': "import '../table/target.ts'; import './verify/judge.ts'",
  'commands/operate/import/verify/judge.ts': "import '../../table/target.ts'",
  'commands/operate/table/target.ts': "import '../../e.ts'",
  'commands/f.ts': "import '../lib/store/maintenance/erase-users.ts'",
  'examples/publishing/b.ts': "import './c.ts'; import 'aws-cdk-lib'; import 'node:crypto'",
  'examples/publishing/c.ts': '',
  'examples/web/files.ts': "import 'node:fs'",
  'examples/web/src/client.ts': "import './pages.ts'; import '../../../client/src/index.ts'",
  'examples/web/src/pages.ts': "import type {} from '../../../docs/openapi.d.ts'",
  'examples/web/test/client.test.ts': "import '../src/client.ts'; import '../files.ts'",
  'functions/leave-chat.ts': "import '../lib/store/leave-room.ts'",
  'infra/api-stack.ts': "import '../lib/store/schema.ts'; import '../lib/config.ts'",
  'lib/config.ts': '',
  'lib/domain/e.ts': "import './d.ts'",
  'lib/events/queue.ts': "import '../domain/time.ts'",
  'lib/domain/time.ts': '',
  'lib/http/handler.ts': "import '../domain/time.ts'; import type {} from 'aws-lambda'",
  'lib/store/facts/record.ts': "import '../store.ts'",
  'lib/store/leave-room.ts': "import './rows/list.ts'; import './facts/record.ts'",
  'lib/store/maintenance/erase-users.ts': "import '../leave-room.ts'; import '../rows/list.ts'",
  'lib/store/rows/list.ts': "import '../store.ts'; import '@aws-sdk/lib-dynamodb'",
  'lib/store/store.ts': "import type {} from '@aws-sdk/lib-dynamodb'",
  'test/support/property.ts': '',
  'test/world.ts': '',
}

/** Each line of code breaks the ESLint rule. */
const forbiddenCode = [
  { rule: 'no-restricted-globals', code: "export const a = process.env['A']" },
  { rule: 'no-restricted-globals', code: 'export const { env } = process' },
  { rule: 'no-restricted-globals', code: 'export const a = globalThis.process.env' },
  { rule: 'no-restricted-globals', code: 'export const a = crypto.randomUUID()' },
  { rule: 'no-restricted-imports', code: "export { env } from 'node:process'" },
  { rule: 'no-restricted-imports', code: "import { env } from 'node:process'" },
  { rule: 'no-restricted-imports', code: "import { randomUUID } from 'node:crypto'" },
  { rule: 'no-restricted-syntax', code: 'export const a = Date()' },
  { rule: 'no-restricted-syntax', code: 'export const a = new Date()' },
  { rule: 'no-restricted-syntax', code: 'export const a = Date.now()' },
  { rule: 'no-restricted-syntax', code: 'export const { now } = Date' },
  { rule: 'no-restricted-syntax', code: 'export const a = Math.random()' },
  { rule: 'no-restricted-syntax', code: 'export const { random } = Math' },
  { rule: 'no-restricted-syntax', code: "export const a = Math['random']()" },
  { rule: 'no-restricted-syntax', code: 'export const a = (id: string) => `ROOM#${id}`' },
  { rule: 'no-restricted-syntax', code: 'export const a = (path: string) => import(path)' },
]
const allowedCode = `
import { hash } from 'node:crypto'
export const digest = hash('sha256', new Date(0).toISOString())
export const size = Math.min(Date.parse(digest), Date.UTC(2024))
`

/** The rules above look at the code only. Reading all types would take most of the test's time. */
const configWithoutTypes = `
import tseslint from 'typescript-eslint'
import config from ${JSON.stringify(join(root, 'eslint.config.js'))}
export default [...config, { files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked }]
`

/** How the tools run. They exit with an error if a rule is broken. */
const tool = {
  preferLocal: true,
  reject: false,
  env: { NODE_COMPILE_CACHE: compileCache },
} as const

let seeded: string
/** The rules that each file breaks. */
let brokenImports: Map<string, string[]>
let brokenCode: Map<string, string[]>

beforeAll(async () => {
  seeded = await mkdtemp(join(tmpdir(), 'architecture-'))
  for (const file of ['package.json', 'tsconfig.json'])
    await cp(join(root, file), join(seeded, file))
  await symlink(join(root, 'node_modules'), join(seeded, 'node_modules'))
  for (const { file, code } of forbiddenImports) await write(file, code)
  for (const [file, code] of Object.entries(otherFiles)) await write(file, code)
  brokenImports = await checkImports(seeded)
  for (const [index, { code }] of forbiddenCode.entries()) await write(codeFile(index), code)
  await write('lib/http/allowed.ts', allowedCode)
  brokenCode = await checkCode(seeded)
}, 60_000)
afterAll(() => rm(seeded, { recursive: true }))

const codeFile = (index: number): string => `lib/http/code-${index}.ts`

const write = async (file: string, code: string): Promise<void> => {
  const path = join(seeded, file)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, `${code}\n`)
}

const checkImports = async (cwd: string): Promise<Map<string, string[]>> => {
  const config = join(root, '.dependency-cruiser.js')
  const args = ['--config', config, '--output-type', 'json', ...sources]
  const { stdout } = await execa('depcruise', args, { cwd, ...tool })
  const { summary } = JSON.parse(stdout) as {
    summary: { violations: { from: string; rule: { name: string } }[] }
  }
  return groupByFile(summary.violations.map(({ from, rule }) => [from, rule.name]))
}

const checkCode = async (cwd: string): Promise<Map<string, string[]>> => {
  await write('eslint.config.js', configWithoutTypes)
  const { stdout } = await execa('eslint', ['--format', 'json', 'lib/http'], { cwd, ...tool })
  const results = JSON.parse(stdout) as { filePath: string; messages: { ruleId: string }[] }[]
  return groupByFile(
    results.flatMap(({ filePath, messages }) =>
      messages.map(({ ruleId }): [string, string] => [filePath.slice(cwd.length + 1), ruleId]),
    ),
  )
}

const groupByFile = (broken: [file: string, rule: string][]): Map<string, string[]> => {
  const rules = new Map<string, string[]>()
  for (const [file, rule] of broken) rules.set(file, [...(rules.get(file) ?? []), rule])
  return rules
}

describe('the rules on imports report', () => {
  test.each(forbiddenImports)('$code in $file', ({ file, rule }) => {
    expect(brokenImports.get(file)).toContain(rule)
  })

  test('nothing else', () => {
    const files = new Set(forbiddenImports.map(({ file }) => file))

    expect([...brokenImports.keys()].filter((file) => !files.has(file))).toEqual([])
  })

  test('nothing in this repository', async () => {
    expect([...(await checkImports(root))]).toEqual([])
  })
})

describe('the rules on code in lib/ and functions/', () => {
  const report = forbiddenCode.map((seed, index) => ({ ...seed, file: codeFile(index) }))

  test.each(report)('report $code', ({ file, rule }) => {
    expect(brokenCode.get(file)).toContain(rule)
  })

  test('allow times that are given, hashes and arithmetic', () => {
    expect(brokenCode.get('lib/http/allowed.ts')).toBeUndefined()
  })
})
