/** Synthesizes the app for prod, with its functions, into the folder that the argument names. */
import { readSettings } from '../../infra/settings.ts'
import { addStacks } from '../../infra/stacks.ts'
import { createApp } from '../infra/create-app.ts'

const app = createApp({ outdir: process.argv[2]!, bundled: true })
const settings = { stage: 'prod', issuer: 'https://id.example.com', audience: 'app' }
addStacks(app, readSettings(settings))
app.synth()
