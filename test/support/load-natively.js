import { createRequire } from 'node:module'

/** Loads a package by Node, once for all test files of a worker. Jest would load it again for each file. */
export default {
  process: (_source, path) => {
    const file = JSON.stringify(path)
    const names = Object.keys(createRequire(path)(path))
    return {
      code: `module.exports = process.getBuiltinModule('module').createRequire(${file})(${file})
// Never runs. Node reads the names of the exports from it.
0 && (module.exports = { ${names.join(', ')} })`,
    }
  },
}
