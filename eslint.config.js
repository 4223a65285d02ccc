import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'

// Which file may import which is in .dependency-cruiser.js. The rules here say where in lib/ and
// functions/ the environment, the clock, random numbers and key formats may be named.

const environment = 'The environment is read in lib/config.ts: import it from there.'
const clock = 'The clock is in lib/deps.ts: take it from the store.'
const random = 'Random numbers are made in lib/deps.ts: take them from the store.'

const clockSyntax = {
  // What is left: new Date(value), Date.parse and Date.UTC, which do not ask what time it is.
  selector:
    ":not(NewExpression[arguments.length>0], MemberExpression[property.name=/^(parse|UTC)$/], TSTypeReference) > Identifier[name='Date']",
  message: clock,
}
const randomSyntax = {
  // What is left: every other member of Math, by its name.
  selector:
    "MemberExpression[property.name='random'] > Identifier[name='Math'], :not(MemberExpression[computed=false]) > Identifier[name='Math']",
  message: random,
}
const keyPrefix = {
  selector:
    'Literal[value=/(USER|ROOM|TOTAL|PARTICIPANT|COMMENT)#/], TemplateElement[value.raw=/(USER|ROOM|TOTAL|PARTICIPANT|COMMENT)#/]',
  message: 'Key formats are in lib/store/keys.ts: import them from there.',
}
const computedImport = {
  selector: 'ImportExpression[source.type!="Literal"]',
  message: 'Name the file in import(), so that the rules on imports can be checked.',
}

export default defineConfig(
  {
    ignores: [
      'cdk.out/',
      'client/dist/',
      'coverage/',
      'docs/',
      'examples/web/dist/',
      'node_modules/',
    ],
  },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      // A number in a message needs no conversion.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // The other attributes of an object are what is left of it.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      // An empty environment variable counts as not set.
      '@typescript-eslint/prefer-nullish-coalescing': [
        'error',
        { ignorePrimitives: { string: true } },
      ],
      // For a condition that the store has just checked, or an index within its list.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Attribute names of the table and of the contract are read by index.
      '@typescript-eslint/dot-notation': 'off',
      // The runner of Node awaits its tests.
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'describe'] },
          ],
        },
      ],
    },
  },
  {
    files: ['lib/**/*.ts', 'functions/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'process', message: environment },
        { name: 'globalThis', message: 'Name what you mean directly.' },
        { name: 'global', message: 'Name what you mean directly.' },
        { name: 'crypto', message: random },
      ],
      'no-restricted-imports': [
        'error',
        {
          paths: ['node:process', 'process'].map((name) => ({ name, message: environment })),
          patterns: [
            {
              regex: '^(node:)?crypto$',
              importNamePattern: '^(default|random|getRandom|webcrypto|generate)',
              message: random,
            },
          ],
        },
      ],
      'no-restricted-syntax': ['error', clockSyntax, randomSyntax, keyPrefix, computedImport],
    },
  },
  {
    files: ['lib/config.ts'],
    rules: { 'no-restricted-globals': 'off' },
  },
  {
    files: ['lib/deps.ts'],
    rules: {
      'no-restricted-imports': 'off',
      'no-restricted-syntax': ['error', keyPrefix, computedImport],
    },
  },
  {
    files: ['lib/store/keys.ts'],
    rules: { 'no-restricted-syntax': ['error', clockSyntax, randomSyntax, computedImport] },
  },
  {
    files: ['test/**/*.ts', 'client/test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
)
