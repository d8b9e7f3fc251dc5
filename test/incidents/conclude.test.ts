import { describe, expect, test } from 'vitest';
import type { Action } from '../../src/actions/action.ts';
import type { PersonId } from '../../src/ids.ts';
import { postMortem } from '../../src/incidents/conclude.ts';
import type { Happening, Hypothesis, Incident, Logged } from '../../src/incidents/incident.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 20, 10, 0, seconds));
const cause = {
  kind: 'memory-leak',
  says: "payments on app-03 is using up the server's memory",
  confidence: 0.9,
  known: {},
};
const incident = {
  id: 'inc-7',
  service: 'payments',
  cause,
  openedAt: at(0),
  mitigatedAt: at(48),
} as unknown as Incident;
const restart = {
  question: { what: 'Restart payments on app-03' },
  status: 'done',
  autonomous: true,
} as Action;
const memory = {
  metric: 'memory_available',
  says: 'available memory',
  subject: 'app-03',
  value: 1,
  usual: 1,
  z: 0,
};
const logged = (seconds: number, happening: Happening): Logged => ({ ...happening, at: at(seconds) });
const verified = logged(95, { kind: 'verified', facts: { metrics: [memory], seconds: 95 } });

const told = (changed: Partial<Parameters<typeof postMortem>[0]>) =>
  postMortem({ incident, entries: [verified], actions: [restart], revenue: 380, ...changed });

test('a post-mortem is told from what was recorded', () => {
  expect(told({})).toEqual([
    "Cause: payments on app-03 is using up the server's memory (confidence 90 %, by rule).",
    'Impact: 48 s from signal to mended, up to EUR 304 of revenue at risk.',
    'Action: Restart payments on app-03: done, within the charter, without asking.',
    'Verified: available memory of app-03 back at baseline.',
  ]);
});

const says = "payments on app-03 is using up the server's memory";
const byRule = { kind: 'memory-leak', says, confidence: 0.9, known: {}, for: ['E1'], against: [] };
const argued = { model: 'claude', kind: null, more: [], rootCause: [], lowered: [], dropped: [], ask: false };
const found: [who: string, hypotheses: Hypothesis[]][] = [
  ['by rule, argued with claude', [byRule]],
  ['by claude alone', [{ ...byRule, by: 'model' }]],
];
test.each(found)('who found the cause is told: %s', (who, hypotheses) => {
  const second = logged(20, { kind: 'diagnosis', facts: { hypotheses, plan: '', argued } });
  expect(told({ entries: [second, verified] })[0]).toContain(`, ${who}).`);
});

test('nothing found, nothing done and nothing verified are told as such', () => {
  const bare = { ...incident, cause: null, mitigatedAt: null };
  expect(told({ incident: bare, entries: [], actions: [] })).toEqual([
    'Cause: not found by the workers.',
    'Not verified.',
  ]);
});

test('the time is told in minutes when it was long, and counts until it was mended by whoever mended it', () => {
  const impact = (entries: Logged[], mitigatedAt = incident.mitigatedAt) =>
    told({ entries, incident: { ...incident, mitigatedAt } })[1];
  const late = { ...verified, at: at(600) };
  const escalated = (seconds: number) =>
    logged(seconds, { kind: 'escalated', facts: { because: 'Not back.' } });
  const taken = logged(90, { kind: 'taken', facts: { person: 'p-oncall' as PersonId } });
  expect(impact([late])).toMatch(/^Impact: 48 s/);
  expect(impact([escalated(240), late])).toBe(
    'Impact: 10 min from signal to mended, up to EUR 3800 of revenue at risk.',
  );
  expect(impact([taken, late])).toMatch(/^Impact: 10 min/);
  expect(impact([late], null)).toMatch(/^Impact: 10 min/);
});

describe('every deed is told with what came of it and who allowed it', () => {
  const rows: [status: Action['status'], autonomous: boolean, says: string][] = [
    ['done', false, 'done, approved by a person'],
    ['failed', false, 'failed, approved by a person'],
    ['failed', true, 'failed, within the charter, without asking'],
    ['rejected', false, 'rejected, not run'],
    ['lapsed', false, 'lapsed, not run'],
    ['refused', false, 'refused, not run'],
    ['indeterminate', false, 'indeterminate, approved by a person, not known to have run'],
  ];
  test.each(rows)('%s, alone: %s', (status, autonomous, says) => {
    const [, , line] = told({ actions: [{ ...restart, status, autonomous }] });
    expect(line).toBe(`Action: Restart payments on app-03: ${says}.`);
  });
});

describe('what was foretold', () => {
  const prediction = { ...incident, kind: 'prediction' as const };
  const taken = logged(90, { kind: 'taken', facts: { person: 'p-oncall' as PersonId } });
  const rows: [what: string, of: Incident, entries: Logged[], first: string][] = [
    [
      'was prevented',
      prediction,
      [verified],
      `Prevented: ${cause.says}. It is no longer foretold since something was done against it.`,
    ],
    [
      'did not come',
      { ...prediction, mitigatedAt: null },
      [verified],
      `It did not come: ${cause.says}. It is no longer foretold; nothing was done against it.`,
    ],
    [
      'did not come while a person had it',
      { ...prediction, mitigatedAt: null },
      [taken, verified],
      `It did not come: ${cause.says}. It is no longer foretold; a person had it.`,
    ],
  ];
  test.each(rows)('%s', (_, of, entries, first) => {
    expect(told({ incident: of, entries })).toEqual([
      first,
      'Action: Restart payments on app-03: done, within the charter, without asking.',
    ]);
  });

  const foretold = (kind: string) =>
    logged(0, {
      kind: 'came-true',
      facts: { seconds: 2_520, foretold: { kind, says: 'trouble on app-03' } },
    });
  test('is told beside the cause of what came', () => {
    expect(told({ entries: [foretold('memory-leak'), verified] })).toContain(
      'Foretold 42 min before it came: trouble on app-03.',
    );
  });
  test('is told as something else when another cause was found', () => {
    expect(told({ entries: [foretold('full-disk'), verified] })).toContain(
      'Something else was foretold 42 min before it came: trouble on app-03.',
    );
  });
});
