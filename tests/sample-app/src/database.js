'use strict'

module.exports = {
  host: process.env.DB_HOST,
  port: process.env.DB_PORT,
  name: process.env.DB_NAME,
  user: process.env.DB_USER,
  password: process.env.DB_PASSWORD,
  url: process.env.DATABASE_URL,
  poolSize: process.env.DB_POOL_SIZE,
  cacheUrl: process.env.REDIS_URL,
}
