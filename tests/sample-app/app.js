// A service with its configuration in .env files: what a migration starts from. It reads ENV_FILE (.env.production)
// if that file is there, as dotenvx does, and prints a digest of its configuration, without any value.
'use strict'

const fs = require('fs')
const { createHash } = require('crypto')

const file = process.env.ENV_FILE || '.env.production'
if (fs.existsSync(file)) {
  require('@dotenvx/dotenvx').config({ path: file, quiet: true })
}

const parts = {
  database: require('./src/database'),
  mail: require('./src/mail'),
  payments: require('./src/payments'),
  server: require('./src/server'),
}
const text = JSON.stringify(parts)
const count = Object.values(parts).reduce((sum, part) => sum + Object.keys(part).length, 0)
console.log(`${count} settings, digest ${createHash('sha256').update(text).digest('hex')}`)
