// Reads each env file named on the command line by dotenv and dotenvx, as a program would that has
// an otherwise empty environment; prints {FILE: {LOADER: {NAME: VALUE}}}, null where it is refused.
'use strict'

const loaders = { dotenv: require('dotenv'), dotenvx: require('@dotenvx/dotenvx') }

const results = {}
for (const file of process.argv.slice(2)) {
  results[file] = {}
  for (const [name, loader] of Object.entries(loaders)) {
    const processEnv = {}
    const { error } = loader.config({ path: file, processEnv, quiet: true })
    results[file][name] = error ? null : processEnv
  }
}
process.stdout.write(JSON.stringify(results))
