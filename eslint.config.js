import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'

/** Imports point one way: functions → deps → store → domain, functions → events, http → domain. */
const may = (folder, rooms, message) => ({
  files: [`${folder}/**/*.ts`],
  rules: {
    'no-restricted-imports': ['error', { patterns: [{ regex: rooms, message }] }],
  },
})

const outside = String.raw`^[^.]`
const upTo = (...rooms) => String.raw`^\.\./+(\.\./+)*(?:${rooms.join('|')})`

/** Each says one thing only where it belongs. */
const clock = {
  selector:
    "NewExpression[callee.name='Date'][arguments.length=0], CallExpression[callee.object.name='Date'][callee.property.name='now']",
  message: 'The clock is made in lib/deps.ts: take it from there.',
}
const dice = {
  selector: "MemberExpression[object.name='Math'][property.name='random']",
  message: 'Chance is made in lib/deps.ts: take it from there.',
}
const environment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'The environment is read in lib/config.ts: take it from there.',
}
const keyPrefix = {
  selector: String.raw`Literal[value=/(USER|ROOM|TOTAL|PARTICIPANT|COMMENT)#/], TemplateElement[value.raw=/(USER|ROOM|TOTAL|PARTICIPANT|COMMENT)#/]`,
  message: 'Key formats are in lib/store/keys.ts: take them from there.',
}

export default defineConfig(
  { ignores: ['cdk.out/', 'coverage/', 'node_modules/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // Numbers in messages are what they look like.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // An empty environment variable is one that is not set.
      '@typescript-eslint/prefer-nullish-coalescing': [
        'error',
        { ignorePrimitives: { string: true } },
      ],
      // A condition that was just checked by the store, or an index within its list.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Attribute names of the table and of the contract are read by index.
      '@typescript-eslint/dot-notation': 'off',
    },
  },
  {
    files: ['lib/**/*.ts', 'functions/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', clock, dice, environment, keyPrefix] },
  },
  {
    files: ['lib/config.ts', 'lib/deps.ts'],
    rules: { 'no-restricted-syntax': ['error', keyPrefix] },
  },
  {
    files: ['lib/store/keys.ts'],
    rules: { 'no-restricted-syntax': ['error', clock, dice, environment] },
  },
  may('lib/domain', String.raw`^(?!\./)`, 'lib/domain imports nothing but itself.'),
  may(
    'lib/store',
    upTo('http', 'events', 'deps', 'config', 'functions', 'infra', 'test'),
    'lib/store imports lib/domain and itself.',
  ),
  may(
    'lib/http',
    `${upTo('store', 'events', 'deps', 'config', 'functions', 'infra', 'test')}|^@aws-sdk|^@smithy`,
    'lib/http imports lib/domain and itself, and has never heard of DynamoDB.',
  ),
  may(
    'lib/events',
    `${upTo('store', 'http', 'deps', 'config', 'functions', 'infra', 'test')}|^@aws-sdk|^@smithy`,
    'lib/events imports lib/domain and itself, and has never heard of DynamoDB.',
  ),
  may(
    'functions',
    `${outside}|${upTo('functions', 'infra', 'test')}|/domain/`,
    'A function puts together what lib/config, lib/deps, lib/store, lib/http and lib/events hold.',
  ),
  may(
    'infra',
    String.raw`/lib/(?!config|routes|store/table)|/test/`,
    'infra imports lib/config, lib/routes and lib/store/table; functions by file path only.',
  ),
  // A front door as those of functions/ are, but for a person.
  may(
    'infra/import',
    String.raw`/lib/http|/functions/|/test/`,
    'infra/import puts together what lib/deps, lib/store and lib/events hold.',
  ),
  {
    files: ['test/**/*.ts'],
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
