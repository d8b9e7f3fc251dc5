import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide } from '../../src/policy/decide.ts';
import { type Authority, type Facts, kinds } from '../../src/policy/facts.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { factsWith, policy } from './facts.ts';

const seed = 20_261_121;
const rank = (kind: (typeof kinds)[number]) => kinds.indexOf(kind);
const tools = fc.uniqueArray(fc.constantFrom('restart-service', 'rotate-logs'), { maxLength: 2 });
const authority: fc.Arbitrary<Authority> = fc.record({
  autonomous: tools,
  notify: tools,
  ask: tools,
  never: tools,
});
const counts = fc.record({
  autonomousChanges: fc.nat(20),
  granted: fc.nat(16),
  held: fc.boolean(),
});
const facts: fc.Arbitrary<Facts> = fc
  .record({
    tool: fc.record({
      name: fc.constantFrom('restart-service', 'unheard-of'),
      version: fc.constant(1),
      risk: fc.constantFrom('low' as const, 'medium' as const, 'high' as const),
    }),
    target: fc.record({
      id: fc.constant('web-1'),
      class: fc.constantFrom('web', 'db'),
      services: fc.constant<string[]>(['checkout']),
      units: fc.constantFrom<string[][]>([], ['shop']),
      window: fc.constantFrom('open' as const, 'closed' as const),
    }),
    confidence: fc.oneof(fc.double({ min: 0, max: 1 }), fc.double()),
    worker: fc.record({ id: fc.constant('ada'), name: fc.constant('Ada'), authority }),
    site: fc.constantFrom('trial' as const, 'trial' as const, 'real' as const),
    signedFor: fc.constantFrom('trial' as const, 'trial' as const, 'real' as const, 'nobody' as const),
    at: fc.constant(factsWith({}).at),
    repeated: fc.boolean(),
    killed: fc.constantFrom<string[][]>([], [], ['all']),
    incident: fc.option(counts, { nil: undefined }),
  })
  .map(({ incident, ...rest }) => (incident ? { ...rest, incident } : rest));

/** Ways to make the facts or the policy stricter. */
const stricter: Record<string, (facts: Facts, now: Policy) => [Facts, Policy]> = {
  'one more tool to be told of': (given, now) => [withList(given, 'notify'), now],
  'one more tool to be asked for': (given, now) => [withList(given, 'ask'), now],
  'one more tool that is never used': (given, now) => [withList(given, 'never'), now],
  'a higher bar': (given, now) => [
    given,
    { ...now, confidence: { ...now.confidence, default: { execute: 1, notify: 0.9 } } },
  ],
  'a higher bar for the tool': (given, now) => [
    given,
    { ...now, confidence: { ...now.confidence, tools: { [given.tool.name]: { execute: 1, notify: 0.9 } } } },
  ],
  'one more addition': (given, now) => [
    given,
    { ...now, rules: [{ when: { class: 'db' }, at_least: 'ask', because: 'Databases.' }] },
  ],
  'one more addition of a business unit': (given, now) => [
    given,
    { ...now, units: { shop: { rules: [{ when: {}, at_least: 'notify', because: 'Tell us.' }] } } },
  ],
  'a stricter business unit': (given, now) => [
    given,
    { ...now, units: { shop: { confidence: { execute: 1, notify: 0.9 }, rules: [] } } },
  ],
  'a freeze': (given, now) => [
    given,
    { ...now, freezes: [{ from: '2026-11-20T00:00:00Z', to: '2026-11-30T00:00:00Z', because: 'Sale.' }] },
  ],
  'a worker held back': (given, now) => [
    given,
    { ...now, rollout: { ...now.rollout, workers: { ada: 'observe' } } },
  ],
  'closed windows that refuse': (given, now) => [
    given,
    { ...now, outside_windows: { low: 'refuse', medium: 'refuse', high: 'refuse' } },
  ],
  'a kill switch': (given, now) => [{ ...given, killed: ['all'] }, now],
  'an open breaker': (given, now) => [{ ...given, breaker: 'It is open.' }, now],
  'a loop': (given, now) => [{ ...given, repeated: true }, now],
  'less sure': (given, now) => [{ ...given, confidence: given.confidence * 0.9 }, now],
  'low risk asked for': (given, now) => [given, { ...now, risk: { ...now.risk, low: 'ask' } }],
  'high risk refused': (given, now) => [given, { ...now, risk: { ...now.risk, high: 'refuse' } }],
  'one more change made': (given, now) => [
    given.incident
      ? { ...given, incident: { ...given.incident, autonomousChanges: given.incident.autonomousChanges + 1 } }
      : given,
    now,
  ],
  'a person takes it over': (given, now) => [
    given.incident ? { ...given, incident: { ...given.incident, held: true } } : given,
    now,
  ],
  'the signature is gone': (given, now) => [{ ...given, signedFor: 'nobody' }, now],
};

function withList(given: Facts, list: keyof Authority): Facts {
  const { authority: lists } = given.worker;
  return {
    ...given,
    worker: { ...given.worker, authority: { ...lists, [list]: [...lists[list], given.tool.name] } },
  };
}

/** Confidence outside 0–1 is a mistake that asks, so mending it may loosen; a tool that no list names is refused, so naming it may too. */
function comparable(name: string, { confidence, tool, worker }: Facts): boolean {
  if (name === 'less sure') return confidence >= 0 && confidence <= 1;
  if (!name.startsWith('one more tool')) return true;
  return Object.values(worker.authority).some((list: string[]) => list.includes(tool.name));
}

test.each(Object.entries(stricter))(`%s never loosens a decision (seed ${seed})`, (name, make) => {
  fc.assert(
    fc.property(facts, (given) => {
      fc.pre(comparable(name, given));
      const before = decide(given, policy);
      const after = decide(...make(given, policy));
      expect(rank(after.kind)).toBeGreaterThanOrEqual(rank(before.kind));
    }),
    { seed, numRuns: 500 },
  );
});

test(`the kind is that of the strictest rule, and every decision to ask names somebody (seed ${seed})`, () => {
  fc.assert(
    fc.property(facts, (given) => {
      const { kind, said, because, terms } = decide(given, policy);
      expect(rank(kind)).toBe(Math.max(...said.map((one) => rank(one.kind))));
      expect(because.length).toBeGreaterThan(0);
      expect(terms).toEqual(kind === 'ask' ? policy.ask[given.tool.risk] : undefined);
    }),
    { seed, numRuns: 1_000 },
  );
});
