'use strict'

const { STRIPE_KEY, STRIPE_WEBHOOK_SECRET, PAYMENT_CURRENCY } = process.env

module.exports = {
  key: STRIPE_KEY,
  webhookSecret: STRIPE_WEBHOOK_SECRET,
  currency: PAYMENT_CURRENCY,
  signingKey: process.env.SIGNING_KEY,
}
