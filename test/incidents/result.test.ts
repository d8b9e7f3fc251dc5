import { expect, test } from 'vitest';
import type { Action } from '../../src/actions/action.ts';
import type { Cause, Logged } from '../../src/incidents/incident.ts';
import { resultOf, resultSchema } from '../../src/incidents/result.ts';

const at = new Date('2026-11-21T10:00:00Z');
const cause: Cause = { kind: 'memory-leak', says: 'payments leaks', confidence: 0.8, known: {} };
const action = (status: string, startedAt: Date | null) =>
  ({ status, startedAt, question: { what: 'Restart payments' } }) as Action;

test('the result of an incident is read from its record', () => {
  const entries: Logged[] = [{ kind: 'post-mortem', facts: { lines: ['Cause: payments leaks.'] }, at }];
  const actions = [action('done', at), action('rejected', null)];
  const result = resultOf({ incident: { cause, status: 'closed' }, entries, actions });
  expect(resultSchema.parse(result)).toEqual({
    root_cause: 'payments leaks',
    confidence: 0.8,
    actions_taken: [{ what: 'Restart payments', status: 'done', at: '2026-11-21T10:00:00.000Z' }],
    status: 'closed',
    post_mortem: ['Cause: payments leaks.'],
  });
});

test('what was not found, done or written is not in it', () => {
  expect(resultOf({ incident: { cause: null, status: 'escalated' }, entries: [], actions: [] })).toEqual({
    root_cause: null,
    confidence: 0,
    actions_taken: [],
    status: 'escalated',
    post_mortem: [],
  });
});
