import { type App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { AlarmsStack } from './alarms-stack.ts'
import { ApiStack } from './api-stack.ts'
import { DashboardStack } from './dashboard-stack.ts'
import { DataStack } from './data-stack.ts'
import { EventsStack } from './events-stack.ts'
import type { Settings } from './settings.ts'

/**
 * Adds the stacks of a stage. Each stack refers only to earlier ones. Every synth runs the AwsSolutions checks of
 * cdk-nag and fails on a finding that is not acknowledged next to its resource.
 */
export const addStacks = (app: App, settings: Settings): void => {
  const name = `chat-inbox-${settings.stage}`
  const { table } = new DataStack(app, `${name}-data`, { settings })
  const { onCall, alarms } = new AlarmsStack(app, `${name}-alarms`, { settings, table })
  const shared = { settings, table, onCall }
  const api = new ApiStack(app, `${name}-api`, shared)
  const events = new EventsStack(app, `${name}-events`, shared)
  new DashboardStack(app, `${name}-dashboard`, {
    ...shared,
    api,
    events,
    alarms: [...api.alarms, ...events.alarms, ...alarms],
  })
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
}
