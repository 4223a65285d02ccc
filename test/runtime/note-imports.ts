/** Loaded before the runtime client. It writes the name of each package that is imported to a file descriptor. */
import { writeSync } from 'node:fs'
import { isBuiltin, registerHooks } from 'node:module'

const fd = 4

registerHooks({
  resolve: (specifier, context, nextResolve) => {
    const isPath = /^([./]|file:)/.test(specifier)
    if (!isPath && !isBuiltin(specifier)) writeSync(fd, `${specifier}\n`)
    return nextResolve(specifier, context)
  },
})
