import { describe, expect, test } from 'vitest';
import { decide } from '../../src/policy/decide.ts';
import type { Authority, Facts, Kind, Policy } from '../../src/policy/facts.ts';
import { policySchema } from '../../src/policy/facts.ts';
import { factsWith, policy } from './facts.ts';

const restart = 'restart-service';
const nothing: Authority = { autonomous: [], notify: [], ask: [], never: [] };
const lists = (authority: Partial<Authority>): Partial<Facts> => ({
  worker: { name: 'Ada', authority: { ...nothing, ...authority } },
});
const tool = (risk: 'low' | 'medium' | 'high') => ({ tool: { name: restart, version: 1, risk } });
const incident = (autonomousChanges: number, granted = 8, held = false) => ({
  incident: { autonomousChanges, granted, held },
});
const noIncident = (): Facts => {
  const { incident: _, ...rest } = factsWith({});
  return rest;
};

describe('each rule alone', () => {
  type Row = [what: string, changed: Partial<Facts>, kind: Kind, rule: string, because: string];
  const rows: Row[] = [
    ['nothing against it', {}, 'allow', 'risk', 'A low-risk change may run.'],
    [
      'nobody signed',
      { signedFor: 'nobody' },
      'refuse',
      'sign-off',
      'There is no signed operating charter: have it signed off before workers may change anything.',
    ],
    [
      'signed for another kind of site',
      { signedFor: 'real' },
      'refuse',
      'sign-off',
      'The operating charter is signed off for a real site only: have it signed off before workers may change anything.',
    ],
    [
      'a real site',
      { site: 'real', signedFor: 'real' },
      'refuse',
      'observe',
      'This site is in observe mode: workers change nothing here yet.',
    ],
    [
      'a held incident',
      incident(0, 8, true),
      'refuse',
      'held',
      'A person has taken this incident over, so workers change nothing on it.',
    ],
    [
      'a tool the charter does not name',
      lists({ autonomous: ['rotate-logs'] }),
      'refuse',
      'envelope',
      "restart-service is outside Ada's charter: add it there or have a person do it.",
    ],
    [
      'a charter of empty lists',
      lists({}),
      'refuse',
      'envelope',
      "restart-service is outside Ada's charter: add it there or have a person do it.",
    ],
    [
      'never, though another list says it may',
      lists({ autonomous: [restart], never: [restart] }),
      'refuse',
      'envelope',
      "Ada's charter says never to restart-service.",
    ],
    [
      'to be asked for, though another list says it may',
      lists({ autonomous: [restart], ask: [restart] }),
      'ask',
      'envelope',
      "Ada's charter has restart-service asked for.",
    ],
    [
      'to be told of, though another list says it may run alone',
      lists({ autonomous: [restart], notify: [restart] }),
      'notify',
      'envelope',
      "Ada's charter lets restart-service run and be told of.",
    ],
    ['medium risk', tool('medium'), 'ask', 'risk', 'A medium-risk change needs an approval.'],
    ['high risk', tool('high'), 'ask', 'risk', 'A high-risk change needs an approval.'],
    ['exactly sure enough', { confidence: 0.85 }, 'allow', 'confidence', 'Confidence 85 % reaches 85 %.'],
    [
      'not quite sure enough',
      { confidence: 0.849999 },
      'notify',
      'confidence',
      'Confidence 84 % is between 65 % and 85 %.',
    ],
    [
      'just sure enough to tell',
      { confidence: 0.65 },
      'notify',
      'confidence',
      'Confidence 65 % is between 65 % and 85 %.',
    ],
    [
      'unsure',
      { confidence: 0.649999 },
      'ask',
      'confidence',
      'Confidence 64 % is below 65 %: a person decides.',
    ],
    [
      'not a number',
      { confidence: Number.NaN },
      'ask',
      'confidence',
      'The confidence given is NaN, not a share from 0 to 1: a person decides.',
    ],
    [
      'a percentage where a share belongs',
      { confidence: 95 },
      'ask',
      'confidence',
      'The confidence given is 95, not a share from 0 to 1: a person decides.',
    ],
    [
      'less than nothing',
      { confidence: -0.1 },
      'ask',
      'confidence',
      'The confidence given is -0.1, not a share from 0 to 1: a person decides.',
    ],
    ['the eighth change alone', incident(7), 'allow', 'limit', '7 of 8 changes made alone on this incident.'],
    [
      'the ninth',
      incident(8),
      'ask',
      'limit',
      'All 8 changes this incident allows alone are used: approving also grants more.',
    ],
    [
      'the ninth, after more were granted',
      incident(8, 16),
      'allow',
      'limit',
      '8 of 16 changes made alone on this incident.',
    ],
    [
      'a count that is not a number',
      incident(Number.NaN),
      'ask',
      'limit',
      'All 8 changes this incident allows alone are used: approving also grants more.',
    ],
  ];
  test.each(rows)('%s', (_, changed, kind, rule, because) => {
    const decision = decide(factsWith(changed), policy);
    expect(decision.kind).toBe(kind);
    expect(decision.said.find((one) => one.rule === rule)).toEqual({ rule, kind, because });
    expect(decision.because).toContain(because);
    // Alone: every other rule lets it run.
    const others = decision.said.filter((one) => one.rule !== rule).map((one) => one.kind);
    expect(new Set(others)).toEqual(new Set(['allow']));
  });

  test('what belongs to no incident has no limit', () => {
    expect(decide(noIncident(), policy).kind).toBe('allow');
  });
});

describe('of several rules the strictest wins, and says why', () => {
  const rows: [what: string, changed: Partial<Facts>, kind: Kind, rules: string[]][] = [
    [
      'told of by charter, asked for by risk',
      { ...lists({ notify: [restart] }), ...tool('high') },
      'ask',
      ['risk'],
    ],
    ['unsure and risky', { ...tool('high'), confidence: 0.1 }, 'ask', ['risk', 'confidence']],
    [
      'asked for, and refused by charter',
      { ...tool('high'), ...lists({ never: [restart] }) },
      'refuse',
      ['envelope'],
    ],
    ['unsigned and held', { signedFor: 'nobody', ...incident(0, 8, true) }, 'refuse', ['sign-off', 'held']],
  ];
  test.each(rows)('%s', (_, changed, kind, rules) => {
    const decision = decide(factsWith(changed), policy);
    expect(decision.kind).toBe(kind);
    const strict = decision.said.filter((one) => rules.includes(one.rule));
    expect(decision.because).toEqual(strict.map((one) => one.because));
  });
});

describe('who is asked', () => {
  test.each(['low', 'medium', 'high'] as const)('about %s risk, as the policy says for it', (risk) => {
    expect(decide(factsWith({ ...tool(risk), confidence: 0.1 }), policy).terms).toEqual(policy.ask[risk]);
  });
  test('nobody, when nothing is asked', () => {
    expect(decide(factsWith({}), policy)).not.toHaveProperty('terms');
    expect(decide(factsWith({ signedFor: 'nobody' }), policy)).not.toHaveProperty('terms');
  });
});

test('a risk nobody has heard of is refused', () => {
  const facts = factsWith({ tool: { name: restart, version: 1, risk: 'extreme' as 'high' } });
  expect(decide(facts, policy).kind).toBe('refuse');
});

describe('a policy file', () => {
  const rows: [what: string, changed: object, good: boolean][] = [
    ['as it ships', {}, true],
    ['that lets medium risk run alone', { risk: { ...policy.risk, medium: 'allow' } }, false],
    ['that lets high risk run alone', { risk: { ...policy.risk, high: 'notify' } }, false],
    ['that asks nobody', { ask: { ...policy.ask, high: { roles: [], minutes: 15 } } }, false],
    ['that asks for no time', { ask: { ...policy.ask, high: { roles: ['governor'], minutes: 0 } } }, false],
    ['with more than 8 changes alone', { limits: { autonomous_changes_per_incident: 9 } }, false],
    ['with a bar below even odds', { confidence: { execute: 0.4, notify: 0.3 } }, false],
    ['with a rule nobody knows', { always: 'allow' }, false],
  ];
  test.each(rows)('%s', (_, changed, good) => {
    const file: object = { ...policy, ...changed } satisfies Partial<Policy>;
    expect(policySchema.safeParse(file).success).toBe(good);
  });
});
