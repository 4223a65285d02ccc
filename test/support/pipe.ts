import type { Template } from 'aws-cdk-lib/assertions'
import { type EventPattern, matchesPattern } from './event-pattern.ts'
import { fillTemplate } from './input-template.ts'
import { onlyOf } from './templates.ts'

/** An event as the bus receives it. */
export interface PublishedEvent {
  source: string
  'detail-type': string
  detail: Record<string, unknown>
}

/** Returns the events that the pipe publishes for a record of the stream: one or none. */
export type Pipe = (record: unknown) => PublishedEvent[]

/** Makes the pipe of a template. It publishes a record that one of the filters matches. */
export const makePipe = (template: Template): Pipe => {
  const { SourceParameters, TargetParameters } = onlyOf(template, 'AWS::Pipes::Pipe')
  const { Source, DetailType } = TargetParameters.EventBridgeEventBusParameters
  const patterns = SourceParameters.FilterCriteria.Filters.map(
    ({ Pattern }: { Pattern: string }) => JSON.parse(Pattern) as EventPattern,
  ) as EventPattern[]
  return (record) => {
    if (!patterns.some((pattern) => matchesPattern(pattern, record))) return []
    const detail = fillTemplate(TargetParameters.InputTemplate, record)
    return [{ source: Source, 'detail-type': DetailType, detail: JSON.parse(detail) }]
  }
}
