'use strict'

module.exports = {
  environment: process.env.NODE_ENV,
  port: process.env.PORT,
  logLevel: process.env.LOG_LEVEL,
  baseUrl: process.env.BASE_URL,
  sessionSecret: process.env.SESSION_SECRET,
  jwtSecret: process.env['JWT_SECRET'],
  sentryDsn: process.env.SENTRY_DSN,
  banner: process.env.BANNER,
  features: process.env.FEATURES,
  rules: process.env.ROUTING_RULES,
}
