// Which weeks a manager's Home compares: whole ones, by the digest's clocks.
import { expect, test } from 'vitest';
import { weeksAt } from '../../src/at-home.ts';
import { manifests } from '../shift.ts';

const reporting = (timezone: string, day: 'mon' | 'sun' = 'mon') => ({
  ...manifests.reporting,
  digest: { ...manifests.reporting.digest, timezone, day },
});

test.each([
  ['a Friday', 'Europe/Berlin', '2026-11-20T10:30:00Z', ['2026-11-08T23:00:00Z', '2026-11-15T23:00:00Z']],
  [
    'the first minute of a week',
    'UTC',
    '2026-11-16T00:00:00Z',
    ['2026-11-09T00:00:00Z', '2026-11-16T00:00:00Z'],
  ],
  ['the minute before', 'UTC', '2026-11-15T23:59:00Z', ['2026-11-02T00:00:00Z', '2026-11-09T00:00:00Z']],
  [
    'after the clocks went back',
    'Europe/Berlin',
    '2026-10-28T10:00:00Z',
    ['2026-10-18T22:00:00Z', '2026-10-25T23:00:00Z'],
  ],
  [
    'far in the east',
    'Pacific/Auckland',
    '2026-11-15T12:00:00Z',
    ['2026-11-08T11:00:00Z', '2026-11-15T11:00:00Z'],
  ],
])('%s', (_, timezone, at, [from, to]) => {
  const now = new Date(at);
  const { last, current } = weeksAt(reporting(timezone), now);
  expect([last.from, last.to]).toEqual([new Date(from ?? ''), new Date(to ?? '')]);
  expect(current).toEqual({ from: last.to, to: now });
});
