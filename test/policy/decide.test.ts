import { describe, expect, test } from 'vitest';
import { decide } from '../../src/policy/decide.ts';
import type { Authority, Facts, Kind, Mode } from '../../src/policy/facts.ts';
import { type Addition, type Policy, policySchema } from '../../src/policy/policy.ts';
import { factsWith, policy, targetWith } from './facts.ts';

const restart = 'restart-service';
const nothing: Authority = { autonomous: [], notify: [], ask: [], never: [] };
const lists = (authority: Partial<Authority>): Partial<Facts> => ({
  worker: { id: 'ada', name: 'Ada', authority: { ...nothing, ...authority } },
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
      'rollout',
      'Ada is in observe mode here: it sees and says, and changes nothing.',
    ],
    [
      'a real site, and the way out of observing',
      {
        ...lists({ autonomous: ['adopt'] }),
        ...{ site: 'real', signedFor: 'real', tool: { name: 'adopt', version: 1, risk: 'low' } },
      },
      'ask',
      'rollout',
      'Adopting rules is asked for in observe mode too.',
    ],
    [
      'a thrown kill switch',
      { killed: ['all', 'worker:ada'] },
      'refuse',
      'kill',
      'The kill switch is thrown for all and worker:ada: a governor can release it with /roster unkill.',
    ],
    ['no kill switch that reaches it', { killed: [] }, 'allow', 'kill', 'No kill switch is thrown.'],
    [
      'an open circuit breaker',
      { breaker: 'The circuit breaker is open: 5 of the last 10 failed.' },
      'ask',
      'breaker',
      'The circuit breaker is open: 5 of the last 10 failed.',
    ],
    [
      'the same again with nothing new',
      { repeated: true },
      'ask',
      'loop',
      'The same was done before on this incident and nothing new has been learnt since.',
    ],
    [
      'what only prevents, which else would run alone',
      { foretold: true },
      'ask',
      'foretold',
      'Nothing is broken yet: a person decides on what would prevent it.',
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

describe('each rule under a policy that says more', () => {
  type Row = [
    what: string,
    under: Partial<Policy>,
    changed: Partial<Facts>,
    kind: Kind,
    rule: string,
    because: string,
  ];
  const real: Partial<Facts> = { site: 'real', signedFor: 'real' };
  const rollout = (trial: Mode, onReal: Mode, workers: Record<string, Mode> = {}) => ({
    rollout: { trial, real: onReal, workers },
  });
  const bars = (changed: Partial<Policy['confidence']>) => ({
    confidence: { ...policy.confidence, ...changed },
  });
  const bar = (execute: number, notify: number) => ({ execute, notify });
  const freezes = (services?: string[]): Partial<Policy> => {
    const from = '2026-11-21T14:00:00Z';
    const one = { from, to: '2026-11-23T15:00:00+01:00', because: 'Black Friday.' };
    return { freezes: [services ? { ...one, services } : one] };
  };
  const frozen = 'A change freeze lasts until 2026-11-23T15:00:00+01:00: Black Friday.';
  const unfrozen = 'No change freeze covers it.';
  const added = (at_least: Addition['at_least'], when: Addition['when'] = {}): Addition => ({
    when,
    at_least,
    because: `At least ${at_least}.`,
  });
  const shop = (own: Partial<Policy['units'][string]>): Partial<Policy> => ({
    units: { shop: { rules: [], ...own } },
  });
  const none = 'Nothing is added for it.';
  const closed = { ...targetWith({ window: 'closed' }) };
  const outside = (kind: 'ask' | 'refuse'): Partial<Policy> => ({
    outside_windows: { low: kind, medium: kind, high: kind },
  });
  const alone: Partial<Facts> = { incident: undefined as never };

  const rows: Row[] = [
    [
      'notify mode',
      rollout('notify', 'observe'),
      {},
      'ask',
      'rollout',
      'Ada is in notify mode here: it asks for every change.',
    ],
    [
      'act mode on a real site',
      rollout('observe', 'act'),
      real,
      'allow',
      'rollout',
      'Ada is in act mode here.',
    ],
    [
      'a worker held back further than its site',
      rollout('act', 'act', { ada: 'observe' }),
      {},
      'refuse',
      'rollout',
      'Ada is in observe mode here: it sees and says, and changes nothing.',
    ],
    [
      'a worker let further than its site',
      rollout('observe', 'observe', { ada: 'act' }),
      real,
      'allow',
      'rollout',
      'Ada is in act mode here.',
    ],
    [
      'another worker held back',
      rollout('act', 'act', { bo: 'observe' }),
      {},
      'allow',
      'rollout',
      'Ada is in act mode here.',
    ],
    ['a freeze, from its first moment', freezes(), {}, 'refuse', 'freeze', frozen],
    ['a freeze just before', freezes(), { at: '2026-11-21T13:59:59.999Z' }, 'allow', 'freeze', unfrozen],
    [
      'a freeze in its last moment',
      freezes(),
      { at: '2026-11-23T13:59:59.999Z' },
      'refuse',
      'freeze',
      frozen,
    ],
    ['a freeze that has just ended', freezes(), { at: '2026-11-23T14:00:00Z' }, 'allow', 'freeze', unfrozen],
    ['a freeze of its service', freezes(['checkout']), {}, 'refuse', 'freeze', frozen],
    ['a freeze of another service', freezes(['payments']), {}, 'allow', 'freeze', unfrozen],
    [
      'a freeze of one of its services',
      freezes(['payments']),
      targetWith({ services: ['checkout', 'payments'] }),
      'refuse',
      'freeze',
      frozen,
    ],
    [
      'a closed window',
      outside('ask'),
      { ...closed, ...alone },
      'ask',
      'window',
      'The maintenance windows of checkout are closed now.',
    ],
    [
      'a closed window that refuses',
      outside('refuse'),
      { ...closed, ...alone },
      'refuse',
      'window',
      'The maintenance windows of checkout are closed now.',
    ],
    [
      'an open window',
      outside('refuse'),
      { ...targetWith({ window: 'open' }), ...alone },
      'allow',
      'window',
      'No maintenance window stands against it.',
    ],
    [
      'no window at all',
      outside('refuse'),
      alone,
      'allow',
      'window',
      'No maintenance window stands against it.',
    ],
    [
      'a closed window, mending an incident',
      outside('refuse'),
      closed,
      'allow',
      'window',
      'It mends an incident, which waits for no maintenance window.',
    ],
    ['a central addition', { rules: [added('notify')] }, {}, 'notify', 'central', 'At least notify.'],
    [
      'the strictest of central additions, wherever it stands',
      { rules: [added('notify'), added('refuse'), added('ask')] },
      {},
      'refuse',
      'central',
      'At least refuse.',
    ],
    [
      'an addition whose every condition holds',
      {
        rules: [
          added('ask', {
            tool: restart,
            risk: 'low',
            class: 'web',
            environment: 'production',
            service: 'checkout',
          }),
        ],
      },
      {},
      'ask',
      'central',
      'At least ask.',
    ],
    ...(
      [
        { tool: 'rotate-logs' },
        { risk: 'high' },
        { class: 'db' },
        { environment: 'staging' },
        { service: 'payments' },
      ] as Addition['when'][]
    ).map(
      (other): Row => [
        `an addition for another ${Object.keys(other)}`,
        { rules: [added('refuse', { tool: restart, class: 'web', service: 'checkout', ...other })] },
        {},
        'allow',
        'central',
        none,
      ],
    ),
    [
      'an addition for a class, of a target nobody knows',
      { rules: [added('refuse', { class: 'web' })] },
      { target: { id: 'web-9', services: [], units: [] } },
      'allow',
      'central',
      none,
    ],
    [
      "a business unit's addition",
      shop({ rules: [added('ask', { risk: 'low' })] }),
      {},
      'ask',
      'units',
      'At least ask.',
    ],
    [
      "another business unit's addition",
      { units: { money: { rules: [added('ask')] } } },
      {},
      'allow',
      'units',
      none,
    ],
    [
      'the strictest of two business units',
      { units: { shop: { rules: [added('notify')] }, money: { rules: [added('refuse')] } } },
      targetWith({ units: ['shop', 'money'] }),
      'refuse',
      'units',
      'At least refuse.',
    ],
    [
      'a bar of the tool',
      bars({ tools: { [restart]: bar(0.99, 0.9) } }),
      {},
      'notify',
      'confidence',
      'Confidence 95 % is between 90 % and 99 %.',
    ],
    [
      'a bar of another tool',
      bars({ tools: { 'rotate-logs': bar(0.99, 0.97) } }),
      {},
      'allow',
      'confidence',
      'Confidence 95 % reaches 85 %.',
    ],
    [
      'a bar of the class',
      bars({ classes: { web: bar(0.99, 0.97) } }),
      {},
      'ask',
      'confidence',
      'Confidence 95 % is below 97 %: a person decides.',
    ],
    [
      'bars of the tool and the class: the stricter of each',
      bars({ tools: { [restart]: bar(0.99, 0.6) }, classes: { web: bar(0.9, 0.96) } }),
      {},
      'ask',
      'confidence',
      'Confidence 95 % is below 96 %: a person decides.',
    ],
    [
      'a bar of the business unit, over a looser one of the tool',
      { ...bars({ tools: { [restart]: bar(0.6, 0.5) } }), ...shop({ confidence: bar(0.96, 0.7) }) },
      {},
      'notify',
      'confidence',
      'Confidence 95 % is between 70 % and 96 %.',
    ],
  ];
  test.each(rows)('%s', (_, under, changed, kind, rule, because) => {
    const decision = decide(factsWith(changed), { ...policy, ...under });
    expect(decision.kind).toBe(kind);
    expect(decision.said.find((one) => one.rule === rule)).toEqual({ rule, kind, because });
    expect(decision.because).toContain(because);
    const others = decision.said.filter((one) => one.rule !== rule).map((one) => one.kind);
    expect(new Set(others)).toEqual(new Set(['allow']));
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
    [
      'a loop, a breaker and the limit ask; a kill switch refuses',
      { repeated: true, breaker: 'open', killed: ['all'], ...incident(8) },
      'refuse',
      ['kill'],
    ],
    [
      'a loop, a breaker and the limit',
      { repeated: true, breaker: 'open', ...incident(8) },
      'ask',
      ['limit', 'loop', 'breaker'],
    ],
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
  const { limits, confidence, ask } = policy;
  const seats = [['governor']];
  const bar = (execute: number, notify: number) => ({
    confidence: { ...confidence, default: { execute, notify } },
  });
  const unit = (execute: number, notify: number) => ({
    units: { shop: { confidence: { execute, notify } } },
  });
  const high = (terms: object) => ({ ask: { ...ask, high: terms } });
  const rows: [what: string, changed: object, good: boolean][] = [
    ['as it ships', {}, true],
    ['that lets medium risk run alone', { risk: { ...policy.risk, medium: 'allow' } }, false],
    ['that lets high risk run alone', { risk: { ...policy.risk, high: 'notify' } }, false],
    [
      'that lets high risk run alone outside windows',
      { outside_windows: { ...policy.outside_windows, high: 'allow' } },
      false,
    ],
    ['that has no seat to take', high({ seats: [], minutes: 15 }), false],
    ['that asks nobody', high({ seats: [[]], minutes: 15 }), false],
    ['that asks nobody for the second seat', high({ seats: [['governor'], []], minutes: 15 }), false],
    ['that asks nobody next', high({ seats, minutes: 15, next: [] }), false],
    ['that asks for no time', high({ seats, minutes: 0 }), false],
    ['with more than 8 changes alone', { limits: { ...limits, autonomous_changes_per_incident: 9 } }, false],
    ['without a daily budget of calls', { limits: { autonomous_changes_per_incident: 8 } }, false],
    ['with a bar below even odds', bar(0.4, 0.3), false],
    ['with a bar above certainty', bar(1.1, 0.3), false],
    ['with a business unit as strict as the whole', unit(0.85, 0.65), true],
    ['with a stricter business unit', unit(0.9, 0.7), true],
    ['with a business unit that acts sooner', unit(0.8, 0.65), false],
    ['with a business unit that tells sooner', unit(0.9, 0.6), false],
    ['with an addition that allows', { rules: [{ when: {}, at_least: 'allow', because: 'Go on.' }] }, false],
    [
      'with a business unit whose addition allows',
      { units: { shop: { rules: [{ when: {}, at_least: 'allow', because: 'Go on.' }] } } },
      false,
    ],
    ['with an addition that says no reason', { rules: [{ when: {}, at_least: 'ask', because: '' }] }, false],
    [
      'with a condition nobody knows',
      { rules: [{ when: { moon: 'full' }, at_least: 'ask', because: 'x' }] },
      false,
    ],
    ['with a freeze that never ends', { freezes: [{ from: '2026-11-21T14:00:00Z', because: 'x' }] }, false],
    ['with a mode nobody knows', { rollout: { ...policy.rollout, real: 'yolo' } }, false],
    ['with a rule nobody knows', { always: 'allow' }, false],
  ];
  test.each(rows)('%s', (_, changed, good) => {
    expect(policySchema.safeParse({ ...policy, ...changed }).success).toBe(good);
  });

  test('says which business unit is looser', () => {
    const parsed = policySchema.safeParse({ ...policy, ...unit(0.8, 0.9) });
    expect(parsed.error?.issues).toMatchObject([
      {
        path: ['units', 'shop', 'confidence'],
        message: 'looser than confidence.default, and a business unit may only be stricter',
      },
    ]);
  });
});
