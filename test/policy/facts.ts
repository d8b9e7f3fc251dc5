import type { Facts, Target } from '../../src/policy/facts.ts';
import { type Policy, policySchema } from '../../src/policy/policy.ts';

export const policy: Policy = policySchema.parse({
  version: '1',
  confidence: { default: { execute: 0.85, notify: 0.65 } },
  risk: { low: 'allow', medium: 'ask', high: 'ask' },
  ask: {
    low: { seats: [['on-call', 'governor']], minutes: 240 },
    medium: { seats: [['on-call', 'governor']], minutes: 240, next: ['manager'] },
    high: { seats: [['governor'], ['on-call', 'governor']], minutes: 15, type_target: true },
  },
  rollout: { trial: 'act', real: 'observe' },
  outside_windows: { low: 'allow', medium: 'ask', high: 'ask' },
  limits: { autonomous_changes_per_incident: 8, budgets: { worker_day: { calls: 500 } } },
  breaker: { window: 10, failures: 5 },
});

const web: Target = {
  id: 'web-1',
  class: 'web',
  environment: 'production',
  services: ['checkout'],
  units: ['shop'],
};

/** A restart that every rule allows, with what a row of a table changes. */
export function factsWith(changed: Partial<Facts>): Facts {
  return {
    tool: { name: 'restart-service', version: 1, risk: 'low' },
    target: web,
    confidence: 0.95,
    worker: {
      id: 'ada',
      name: 'Ada',
      authority: { autonomous: ['restart-service'], notify: [], ask: [], never: [] },
    },
    site: 'trial',
    signedFor: 'trial',
    at: '2026-11-21T14:00:00.000Z',
    incident: { autonomousChanges: 0, granted: 8, held: false },
    ...changed,
  };
}

/** The same server, with what a row of a table changes. */
export function targetWith(changed: Partial<Target>): Pick<Facts, 'target'> {
  return { target: { ...web, ...changed } };
}
