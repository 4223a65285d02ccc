/** From the import of this file on, what is loaded of a lib folder gets virtual timers. */
import { registerHooks } from 'node:module'

const virtualTimers = new URL('virtual-timers.ts', import.meta.url).href

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'node:timers/promises' && isOfLib(context.parentURL)
      ? { url: virtualTimers, shortCircuit: true }
      : next(specifier, context),
})

const isOfLib = (url = ''): boolean => url.includes('/lib/') && !url.includes('/node_modules/')
