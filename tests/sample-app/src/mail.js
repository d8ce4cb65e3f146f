'use strict'

module.exports = {
  host: process.env.SMTP_HOST,
  port: process.env.SMTP_PORT,
  user: process.env.SMTP_USER,
  password: process.env.SMTP_PASSWORD,
  sender: process.env.MAIL_FROM,
  subjectPrefix: process.env.MAIL_SUBJECT_PREFIX,
}
