/**
 * Which file may import which. Paths are resolved first; type imports and import() count.
 * Imports point one way: functions, commands → deps → store → domain, and
 * functions, commands → http, events → domain. Everybody may read lib/config, lib/cors and lib/routes.
 */

/** Of the files in this repository, `from` imports only `to`. */
const only = (name, from, to, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { dependencyTypes: ['local'], pathNot: to },
})

/** `from` does not import `to`. */
const never = (name, from, to, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to,
})

const ground =
  '^lib/store/(schema|store|keys|errors|retry|conditions|item|read-items|read-pages|together|transact|update)[.]ts$'
const operations = '^lib/store/[^/]+[.]ts$'
const maintenance = '^lib/store/maintenance/'
const packages = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown', 'core']
const sdk = '@(aws-sdk|smithy)/'

export default {
  forbidden: [
    only('domain', '^lib/domain/', '^lib/domain/', 'lib/domain imports only itself.'),
    never(
      'domain-packages',
      '^lib/domain/',
      { dependencyTypes: packages },
      'lib/domain imports no package, and no module of Node.',
    ),
    only(
      'store',
      '^lib/store/',
      '^lib/(domain|store)/',
      'lib/store imports lib/domain and itself.',
    ),
    only(
      'store-ground',
      ground,
      [ground, '^lib/domain/'],
      'The ground of lib/store imports neither facts/ nor rows/ nor the operations.',
    ),
    only(
      'store-facts',
      '^lib/store/facts/',
      [ground, '^lib/store/facts/', '^lib/domain/'],
      'lib/store/facts imports the ground and lib/domain. Operations combine facts and rows.',
    ),
    only(
      'store-rows',
      '^lib/store/rows/',
      [ground, '^lib/store/rows/', '^lib/domain/'],
      'lib/store/rows imports the ground and lib/domain. Operations combine facts and rows.',
    ),
    never(
      'store-maintenance',
      '^(functions|infra|lib/(?!store/maintenance/))',
      { path: maintenance },
      'Only commands import lib/store/maintenance: the functions do without it.',
    ),
    only(
      'dynamodb',
      '^lib/dynamodb/',
      '^lib/dynamodb/',
      'lib/dynamodb imports only itself: the client knows nothing of the inbox.',
    ),
    only('http', '^lib/http/', '^lib/(domain|http)/', 'lib/http imports lib/domain and itself.'),
    only(
      'events',
      '^lib/events/',
      '^lib/(domain|events)/',
      'lib/events imports lib/domain and itself.',
    ),
    never(
      'sdk',
      '^lib/(http|events)/',
      { path: sdk, pathNot: 'client-(eventbridge|sqs)' },
      'Only lib/store, lib/dynamodb and lib/deps.ts know DynamoDB and its SDK. lib/events sends messages to a queue and a bus.',
    ),
    only(
      'config-routes',
      '^lib/(config|cors|routes)[.]ts$',
      '^lib/(config|cors|routes)[.]ts$',
      'lib/config, lib/cors and lib/routes import nothing else of lib, so that everybody can import them.',
    ),
    only(
      'deps',
      '^lib/deps[.]ts$',
      '^lib/(config[.]ts$|dynamodb/|store/|domain/)',
      'lib/deps imports lib/config, lib/dynamodb, lib/store and lib/domain.',
    ),
    only(
      'functions',
      '^functions/',
      '^lib/(config|deps|routes)[.]ts$|^lib/(store|http|events)/',
      'A function combines lib/config, lib/deps, lib/store, lib/http and lib/events.',
    ),
    never(
      'functions-packages',
      '^functions/',
      { dependencyTypes: packages },
      'A function imports no package: what it needs belongs in lib.',
    ),
    only(
      'commands',
      '^commands/',
      [
        '^commands/',
        '^examples/web/files[.]ts$',
        '^functions/',
        '^lib/(config|cors|deps|routes)[.]ts$',
        '^lib/(domain|http|events)/',
        operations,
        maintenance,
      ],
      'A command imports commands/, the files of the pages, and of lib/store only maintenance/, the operations, the schema and the store.',
    ),
    never(
      'commands-store',
      '^commands/',
      { path: ground, pathNot: '^lib/store/(schema|store)[.]ts$' },
      'A command imports commands/, and of lib/store only maintenance/, the operations, the schema and the store.',
    ),
    never(
      'commands-functions',
      '^commands/',
      { path: '^functions/', dynamic: false },
      'A command imports a function by import(), after it has set the environment.',
    ),
    never(
      'commands-ground',
      '^commands/[^/]+[.]ts$',
      { path: '^commands/[^/]+/' },
      'What all commands share imports no command.',
    ),
    never(
      'commands-houses',
      '^commands/([^/]+)/',
      { path: '^commands/[^/]+/', pathNot: '^commands/$1/' },
      'commands/operate, commands/local and commands/contract do not import each other. What they share is in commands/*.ts.',
    ),
    never(
      'commands-operate',
      '^commands/operate/([^/]+)/',
      { path: '^commands/operate/', pathNot: '^commands/operate/(table|$1)/' },
      'A command of operators imports no other one. What they share is in commands/operate/table.',
    ),
    only(
      'client',
      '^client/src/',
      ['^client/src/', '^docs/openapi[.]d[.]ts$'],
      'client is a package of its own: it imports itself and the types of the contract.',
    ),
    only(
      'client-testing',
      '^client/testing/',
      ['^client/(src|testing)/', '^docs/openapi[.]d[.]ts$'],
      'client/testing is part of the package: it imports the client and the types of the contract.',
    ),
    only(
      'client-test',
      '^client/test/',
      ['^client/', '^docs/openapi[.]d[.]ts$', '^test/support/'],
      'The tests of the client import the client and test/support.',
    ),
    never(
      'client-packages',
      '^client/(src|testing)/',
      { dependencyTypes: packages },
      'The client imports no package, and no module of Node: it runs in every app.',
    ),
    only(
      'web',
      '^examples/web/',
      ['^client/src/index[.]ts$', '^examples/web/', '^docs/openapi[.]d[.]ts$'],
      'examples/web is a product of its own: it imports itself, the client and the types of the contract.',
    ),
    only(
      'web-browser',
      '^examples/web/src/',
      ['^client/src/index[.]ts$', '^examples/web/src/', '^docs/openapi[.]d[.]ts$'],
      'The pages run in a browser: they import themselves, the client and the types of the contract.',
    ),
    never(
      'web-packages',
      '^examples/web/src/',
      { dependencyTypes: ['core'] },
      'The pages run in a browser, which has no module of Node.',
    ),
    only(
      'publishing',
      '^examples/publishing/',
      '^examples/publishing/',
      'examples/publishing is a product of its own: it imports only itself and packages.',
    ),
    only(
      'infra',
      '^infra/',
      '^infra/|^lib/(config|cors|routes|domain/published|store/(keys|schema))[.]ts$',
      'infra imports lib/config, lib/cors, lib/routes, lib/domain/published, lib/store/keys and lib/store/schema. It names functions by their path.',
    ),
    never(
      'test-packages',
      '^(lib|functions)/',
      { dependencyTypes: ['npm-dev', 'npm-no-pkg'], dependencyTypesNot: ['type-only'] },
      'A devDependency is not deployed: make it a dependency, or do without.',
    ),
    never(
      'process',
      '^(lib|functions)/',
      { path: '^(node:)?process$' },
      'The environment is read in lib/config.ts: import it from there.',
    ),
    never('circle', '.', { circular: true }, 'These files import each other in a circle.'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
}
