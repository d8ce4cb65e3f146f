// Reads a list of {"policies": {NAME: DOCUMENT}, "requests": [...], "validate": {NAME: KIND}} from standard input; a
// request names its policies. Writes for each what the simulator says about the requests ("Allowed",
// "ImplicitlyDenied", "ExplicitlyDenied"), and what is wrong with the form of the policies to validate.
//
// runSimulation checks its input first, but loses kms:EncryptionContext:NAME from the context and knows no
// parameter "/" (0.1.173). runUnsafeSimulation does not, and wants metadata with a resource's policy.
import { validateIdentityPolicy, validateResourceControlPolicy, validateResourcePolicy, validateServiceControlPolicy, validateTrustPolicy } from '@cloud-copilot/iam-policy'
import { runUnsafeSimulation } from '@cloud-copilot/iam-simulate'
import { readFileSync } from 'node:fs'

const VALIDATORS = { identity: validateIdentityPolicy, scp: validateServiceControlPolicy, rcp: validateResourceControlPolicy, trust: validateTrustPolicy, resource: validateResourcePolicy }

const evaluate = ({ policies, requests, validate }) => {
  const named = name => ({ name, policy: policies[name] })
  const ofOrganisation = (everything, name) => name ? [{ orgIdentifier: 'r', policies: [named(everything), named(name)] }] : []
  const simulate = ({ identity, boundary, resource_policy: resourcePolicy, scp, rcp, principal, action, resource, context }) => runUnsafeSimulation({
    identityPolicies: identity.map(named),
    permissionBoundaryPolicies: boundary ? [named(boundary)] : undefined,
    serviceControlPolicies: ofOrganisation('around/everything', scp),
    resourceControlPolicies: ofOrganisation('around/everything-from-anyone', rcp),
    resourcePolicy: resourcePolicy && { __validated: true, policyDocument: policies[resourcePolicy], metadata: { name: resourcePolicy }, errors: [] },
    request: { action, principal, resource: { accountId: '123456789012', resource }, contextVariables: context }
  }, {})
  const invalid = Object.entries(validate).flatMap(([name, kind]) => VALIDATORS[kind](policies[name]).map(error => `${name}: ${JSON.stringify(error)}`))
  return { decisions: requests.map(simulate), invalid }
}

console.log(JSON.stringify(JSON.parse(readFileSync(0)).map(evaluate)))
