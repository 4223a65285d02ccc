import { join } from 'node:path'

/** The configuration of cfn-lint. */
export const configuration = join('test', 'deploy', 'cfn-lint.yaml')

/** What cfn-lint prints of a finding, as far as it is read here. */
export interface Finding {
  Filename: string
  Location: { Path: (string | number)[] | null }
  Message: string
  Rule: { Id: string; ShortDescription: string; Source: string }
}

/** @param nameOf the name of a template by its path */
export const formatFindings = (findings: Finding[], nameOf: (path: string) => string): string =>
  [
    ...findings.flatMap(({ Filename, Location, Message, Rule }) => [
      `${nameOf(Filename)}: ${(Location.Path ?? []).join('/') || 'the template'}`,
      `  ${Rule.Id} ${Message}`,
      `  ${Rule.ShortDescription}: ${Rule.Source}`,
    ]),
    `Correct each resource in infra/. If cfn-lint is wrong, add the rule to ${configuration} with the reason.`,
  ].join('\n')
