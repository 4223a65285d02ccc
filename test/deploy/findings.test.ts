import { expect, test } from '@jest/globals'
import { type Finding, formatFindings } from './findings.ts'

const finding: Finding = {
  Filename: '/tmp/lint/prod/chat-inbox-prod-api.template.json',
  Location: { Path: ['Resources', 'leavechatFunction', 'Properties', 'Timeout'] },
  Message: "'soon' is not of type 'integer'",
  Rule: { Id: 'E3012', ShortDescription: 'Check types', Source: 'https://example.com/E3012' },
}
const nameOf = (path: string): string => path.replace('/tmp/lint/', '')

test('a finding names its template, its resource and its rule, and what to do', () => {
  expect(formatFindings([finding], nameOf).split('\n')).toEqual([
    'prod/chat-inbox-prod-api.template.json: Resources/leavechatFunction/Properties/Timeout',
    "  E3012 'soon' is not of type 'integer'",
    '  Check types: https://example.com/E3012',
    'Correct each resource in infra/. If cfn-lint is wrong, add the rule to test/deploy/cfn-lint.yaml with the reason.',
  ])
})

test('a finding about a whole template says so', () => {
  const [where] = formatFindings([{ ...finding, Location: { Path: null } }], nameOf).split('\n')

  expect(where).toBe('prod/chat-inbox-prod-api.template.json: the template')
})
