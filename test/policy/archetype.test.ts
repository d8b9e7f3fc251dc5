import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../../src/policy/decide.ts';
import { archetypes, kinds } from '../../src/policy/facts.ts';
import { type Policy, policySchema } from '../../src/policy/policy.ts';
import { termsFor } from '../../src/policy/rules/archetype.ts';
import { factsWith, policy, targetWith } from './facts.ts';

const seed = 20_261_123;
const risks = ['low', 'medium', 'high'] as const;
const shipped: Policy['ask'] = {
  low: { seats: [['on-call', 'governor']], minutes: 240, next: ['governor'], type_target: false },
  medium: { seats: [['on-call', 'governor']], minutes: 240, next: ['governor'], type_target: false },
  high: {
    seats: [['governor'], ['database-owner', 'on-call', 'governor']],
    minutes: 15,
    type_target: true,
  },
};
const teams = (chosen: Record<string, (typeof archetypes)[number]>): Policy => ({
  ...policy,
  ask: shipped,
  teams: Object.fromEntries(Object.entries(chosen).map(([team, archetype]) => [team, { archetype }])),
});
const of = (risk: (typeof risks)[number], units = ['shop']) =>
  factsWith({ tool: { name: 'restart-service', version: 1, risk }, ...targetWith({ units }) });

describe("a team's choice", () => {
  const one = 'on-call or governor';
  const two = 'governor, and database-owner or on-call or governor';
  type Row = [
    chosen: Parameters<typeof teams>[0],
    units: string[],
    low: string,
    medium: string,
    high: string,
  ];
  const rows: Row[] = [
    [{}, ['shop'], 'allow', one, two],
    [{ money: 'human-lead' }, ['shop'], 'allow', one, two],
    [{ shop: 'human-lead' }, ['shop'], 'shop-lead or on-call', 'shop-lead or on-call', two],
    [{ shop: 'digital-lead' }, ['shop'], 'notify', one, two],
    [{ shop: 'peers' }, ['shop'], 'notify', 'on-call', two],
    [{ shop: 'human-governance' }, ['shop'], 'allow', 'governor', 'governor, and database-owner or governor'],
    [
      { shop: 'human-lead', money: 'human-lead' },
      ['shop', 'money'],
      'shop-lead or money-lead or on-call',
      'shop-lead or money-lead or on-call',
      two,
    ],
    [
      { shop: 'human-lead', money: 'human-governance' },
      ['shop', 'money'],
      'shop-lead or on-call',
      'governor',
      'governor, and database-owner or governor',
    ],
    [{ shop: 'peers', money: 'digital-lead' }, ['shop', 'money'], 'notify', 'on-call', two],
    [
      { shop: 'peers', money: 'human-lead' },
      ['shop', 'money'],
      'money-lead or on-call',
      'money-lead or on-call',
      two,
    ],
  ];
  test.each(rows)('%j, of %j: low %s; medium %s; high %s', (chosen, units, ...wanted) => {
    const said = risks.map((risk) => {
      const { kind, terms } = decide(of(risk, units), teams(chosen));
      return terms ? terms.seats.map((seat) => seat.join(' or ')).join(', and ') : kind;
    });
    expect(said).toEqual(wanted);
  });

  test('says of itself why', () => {
    const { said } = decide(of('low'), teams({ shop: 'peers' }));
    expect(said.find(({ rule }) => rule === 'archetype')).toEqual({
      rule: 'archetype',
      kind: 'notify',
      because: 'The team shop works as peers: it is told of such a change.',
    });
  });

  test('is one of four', () => {
    expect(policySchema.safeParse({ ...policy, teams: { shop: { archetype: 'anarchy' } } }).success).toBe(
      false,
    );
  });
});

const chosen = fc.dictionary(fc.constantFrom('shop', 'money'), fc.constantFrom(...archetypes), {
  noNullPrototype: true,
});
const seat = fc.uniqueArray(fc.constantFrom('on-call', 'governor', 'database-owner', 'manager'), {
  minLength: 1,
});
const seats = fc.array(seat, { minLength: 1, maxLength: 3 });
test(`no choice lets anything run that was asked, asks fewer people, gives them longer, or leaves a seat to nobody (seed ${seed})`, () => {
  fc.assert(
    fc.property(chosen, fc.constantFrom(...risks), seats, (given, risk, some) => {
      const before: Policy = { ...policy, ask: { ...shipped, [risk]: { ...shipped[risk], seats: some } } };
      const after: Policy = { ...teams(given), ask: before.ask };
      const facts = of(risk, ['shop', 'money']);
      expect(kinds.indexOf(decide(facts, after).kind)).toBeGreaterThanOrEqual(
        kinds.indexOf(decide(facts, before).kind),
      );
      const terms = termsFor(facts, after);
      expect(terms).toEqual({ ...before.ask[risk], seats: terms.seats });
      expect(terms.seats).toHaveLength(some.length);
      for (const [nth, own] of terms.seats.entries()) {
        expect(own.length).toBeGreaterThan(0);
        // Only a seat that whoever is on call may take is ever held by others.
        if (!some[nth]?.includes('on-call')) expect(own).toEqual(some[nth]);
      }
    }),
    { seed, numRuns: 1_000 },
  );
});
