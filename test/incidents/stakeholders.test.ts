// What leaders read of an incident: when, and in words without jargon.
import { expect, test } from 'vitest';
import type { Card } from '../../src/chat/card.ts';
import type { PersonId } from '../../src/ids.ts';
import type { Told } from '../../src/incidents/card.ts';
import type { Incident, Logged } from '../../src/incidents/incident.ts';
import { changesFor, concerns, updateCard } from '../../src/incidents/stakeholders.ts';
import type { Signal } from '../../src/monitoring/signal.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 21, 10, minute));
const diagnosis = (kind: string, argued?: object) =>
  ({
    kind: 'diagnosis',
    facts: { hypotheses: [{ kind }], ...(argued && { argued }) },
    at: at(1),
  }) as never as Logged;
const one = (kind: Logged['kind'], facts: object = {}) => ({ kind, facts, at: at(2) }) as Logged;

const logs: [what: string, entries: Logged[], changes: string[]][] = [
  ['opened', [one('evidence')], []],
  ['nobody knows the cause', [diagnosis('unknown'), one('escalated')], ['person']],
  ['mended by the workers', [diagnosis('full-disk'), one('step'), one('verified')], ['cause', 'mended']],
  ['a model adds to the cause', [diagnosis('full-disk'), diagnosis('full-disk', {})], ['cause']],
  ['asked twice', [one('escalated'), one('unanswered'), one('escalated')], ['person']],
  ['called off and opened again', [one('false-alarm'), one('reopened')], ['false-alarm', 'reopened']],
  ['foretold first', [diagnosis('full-disk'), one('came-true'), one('taken')], ['taken']],
];
test.each(logs)('%s', (_, entries, changes) => {
  expect(changesFor(entries).map(({ change }) => change)).toEqual(changes);
});

const told: [severity: number, entries: Logged[], from: number, concerned: boolean][] = [
  [1, [], 2, true],
  [2, [], 2, true],
  [3, [], 2, false],
  [1, [], 0, false],
  [4, [one('severity', { from: 2, to: 4 })], 2, true],
];
test.each(told)('SEV%d %j, told from %d on: %s', (severity, entries, from, concerned) => {
  expect(concerns({ kind: 'incident', severity }, entries, { from, minutes: 30 })).toBe(concerned);
  expect(concerns({ kind: 'prediction', severity }, entries, { from, minutes: 30 })).toBe(false);
});

function card(metrics: string[], minutes = 0, more: Partial<Incident> = {}): Card {
  const incident = {
    id: 'inc-7',
    service: 'checkout',
    status: 'remediating',
    severity: 1,
    said: null,
    endedAt: null,
  };
  const cause = {
    kind: 'memory-leak',
    says: 'payments on app-03 leaks',
    confidence: 0.9,
    known: { server: 'app-03' },
  };
  const members = metrics.map((metric) => ({ about: 'service', subject: 'checkout', metric }));
  const signals = [{ service: 'checkout', server: 'app-03', metric: 'memory_available', z: 41, members }];
  return updateCard(
    {
      incident: { ...incident, cause, openedAt: at(0), ...more } as unknown as Incident,
      signals: signals as unknown as Signal[],
      service: { name: 'Checkout', stakeholders: ['p-manager' as PersonId] } as Told['service'],
      by: { name: 'Ada', role: 'r', avatar: ':owl:' },
      waitingFor: undefined,
    } as Told,
    { from: 2, minutes: 30 },
    at(minutes),
  );
}

test.each([
  [['error_rate'], 'some requests to Checkout fail'],
  [['latency_p95'], 'Checkout is slow'],
  [['error_rate', 'latency_p95'], 'Checkout is slow, and some requests fail'],
  [['cpu_used'], 'Checkout may be slow or fail'],
])('%j: %s', (metrics, notice) => {
  expect(JSON.stringify(card(metrics))).toContain(notice);
});

test('no server, score or metric is named, and who is concerned is named once', () => {
  const text = JSON.stringify(card(['error_rate']));
  expect(text).not.toMatch(/app-03|σ|error_rate|memory_available|SEV/);
  expect(text).toContain('The likely cause: a part of it uses up its memory.');
  expect(card(['error_rate']).fallback).toEqual([
    { person: 'p-manager' },
    ' ',
    expect.stringMatching(/^Checkout: /),
  ]);
});

test('while nothing changes it says the same until its next word is due', () => {
  expect(card(['error_rate'], 5)).toEqual(card(['error_rate'], 29));
  expect(card(['error_rate'], 31)).not.toEqual(card(['error_rate'], 29));
});
