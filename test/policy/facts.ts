import type { Facts, Policy } from '../../src/policy/facts.ts';

export const policy: Policy = {
  version: '1',
  confidence: { execute: 0.85, notify: 0.65 },
  risk: { low: 'allow', medium: 'ask', high: 'ask' },
  ask: {
    low: { roles: ['on-call', 'governor'], minutes: 240 },
    medium: { roles: ['on-call', 'governor'], minutes: 240 },
    high: { roles: ['governor'], minutes: 15 },
  },
  limits: { autonomous_changes_per_incident: 8 },
};

/** A restart that every rule allows, with what a row of a table changes. */
export function factsWith(changed: Partial<Facts>): Facts {
  return {
    tool: { name: 'restart-service', version: 1, risk: 'low' },
    target: 'web-1',
    confidence: 0.95,
    worker: { name: 'Ada', authority: { autonomous: ['restart-service'], notify: [], ask: [], never: [] } },
    site: 'trial',
    signedFor: 'trial',
    incident: { autonomousChanges: 0, granted: 8, held: false },
    ...changed,
  };
}
