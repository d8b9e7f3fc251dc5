// How long one decision takes: the pure function alone, under the shipped policy and under one of 100 additions.
// Not what looks the facts up: that is the database's.
import { readManifests } from '../src/manifests.ts';
import { decide } from '../src/policy/decide.ts';
import type { Facts } from '../src/policy/facts.ts';
import { type Policy, policySchema } from '../src/policy/policy.ts';
import { type Bench, percentile } from './measure.ts';

const count = 200_000;

export const policy: Bench = async ({ say }) => {
  const shipped = readManifests('manifests').policy;
  const many = withRules(shipped, 100);
  const taken = timed(many);
  say(`policy: ${count} decisions with 100 rules done.`);
  const beside = timed(shipped);
  return [
    { ...metric('decide_ms_p50', taken, 0.5), ...held(taken, 0.5, 0.02) },
    { ...metric('decide_ms_p99', taken, 0.99), ...held(taken, 0.99, 0.1) },
    { ...metric('decide_shipped_ms_p50', beside, 0.5), against: null, ratio: null },
    { ...metric('decide_shipped_ms_p99', beside, 0.99), against: null, ratio: null },
  ];
};

function metric(name: string, taken: number[], share: number) {
  return { metric: name, value: percentile(taken, share), unit: 'ms' };
}

function held(taken: number[], share: number, barMs: number) {
  return { against: `bar ${barMs} ms`, ratio: percentile(taken, share) / barMs };
}

/** A quarter of the additions are the central policy's, the others of the three teams of the target. */
function withRules(shipped: Policy, rules: number): Policy {
  const additions = Array.from({ length: rules }, (_, nth) => ({
    when: when(nth),
    at_least: (['notify', 'ask', 'notify', 'refuse'] as const)[nth % 4],
    because: `Addition ${nth} says so.`,
  }));
  const of = (part: number) => additions.filter((_, nth) => nth % 4 === part);
  const units = Object.fromEntries(teams.map((team, nth) => [team, { rules: of(nth + 1) }]));
  return policySchema.parse({ ...shipped, rules: of(0), units });
}

const teams = ['money', 'shop', 'platform'];

/** Every condition there is, about half of them met by the facts. */
function when(nth: number) {
  switch (nth % 5) {
    case 0:
      return { tool: `tool-${nth % 7}`, risk: 'low' as const };
    case 1:
      return { service: `service-${nth % 3}`, class: 'app' };
    case 2:
      return { environment: 'production', risk: 'low' as const };
    case 3:
      return { class: nth % 2 ? 'app' : 'db', service: 'service-1' };
    default:
      return { tool: 'tool-1', environment: 'production', service: `service-${nth % 4}` };
  }
}

function factsOf(nth: number): Facts {
  return {
    tool: {
      name: `tool-${nth % 3}`,
      version: 1,
      risk: (['low', 'medium', 'high'] as const)[nth % 3] ?? 'low',
    },
    target: {
      id: `server-${nth % 50}`,
      class: nth % 2 ? 'app' : 'db',
      environment: 'production',
      services: ['service-1', 'service-2'],
      units: teams,
      window: nth % 5 ? 'open' : 'closed',
    },
    confidence: (nth % 100) / 100,
    worker: {
      id: 'ada',
      name: 'Ada',
      authority: { autonomous: ['tool-0', 'tool-1'], notify: [], ask: ['tool-2'], never: [] },
    },
    site: 'trial',
    signedFor: 'trial',
    at: '2026-11-20T10:17:03.000Z',
    incident: { autonomousChanges: nth % 9, granted: 8, held: false },
    repeated: false,
    killed: [],
  };
}

function timed(policy: Policy): number[] {
  const facts = Array.from({ length: 300 }, (_, nth) => factsOf(nth));
  const once = (nth: number) => {
    const one = facts[nth % facts.length] as Facts;
    const before = performance.now();
    decide(one, policy);
    return performance.now() - before;
  };
  for (let nth = 0; nth < 20_000; nth += 1) once(nth);
  return Array.from({ length: count }, (_, nth) => once(nth));
}
