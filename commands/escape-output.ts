import { format } from 'node:util'
import { escapeControls } from '../lib/domain/escape-controls.ts'

const methods = ['debug', 'error', 'info', 'log', 'warn'] as const

/**
 * Lets the console escape control and format characters in everything that it prints from now on. File names,
 * events, names in a table and errors may contain sequences that a terminal obeys.
 */
export const escapeOutput = (): void => {
  for (const method of methods) {
    const print = console[method].bind(console)
    console[method] = (...values: unknown[]) => {
      print(escapeControls(format(...values)))
    }
  }
}
