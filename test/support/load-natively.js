import { createRequire } from 'node:module'

/** Has Node load a package, once for all test files of a worker: jest would read it anew for each. */
export default {
  process: (_source, path) => {
    const file = JSON.stringify(path)
    const names = Object.keys(createRequire(path)(path))
    return {
      code: `module.exports = process.getBuiltinModule('module').createRequire(${file})(${file})
// Never run: tells which names can be imported.
0 && (module.exports = { ${names.join(', ')} })`,
    }
  },
}
