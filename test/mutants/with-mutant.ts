import { readFileSync, writeFileSync } from 'node:fs'
import { insertMutant, type Mutant } from './list-mutants.ts'

/**
 * Works while a mutant is in a file. However the work or this process ends, the file is put back, byte for
 * byte. Only a SIGKILL of this process leaves the mutant there. If somebody else changed the file meanwhile,
 * it stays as they left it, and a line says so.
 */
export const withMutant = async <T>(
  file: string,
  mutant: Mutant,
  work: () => Promise<T>,
): Promise<T> => {
  const original = readFileSync(file)
  const mutated = insertMutant(original.toString(), mutant)
  let isWritten = false
  const putBack = () => {
    if (!isWritten || readFileSync(file, 'utf8') === mutated) writeFileSync(file, original)
    else
      console.error(
        `${file} was changed while it was broken, so it is not put back: see whether line ${mutant.line} is right.`,
      )
  }
  process.once('exit', putBack)
  try {
    writeFileSync(file, mutated)
    isWritten = true
    return await work()
  } finally {
    process.off('exit', putBack)
    putBack()
  }
}
