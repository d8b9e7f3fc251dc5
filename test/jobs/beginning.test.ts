import { expect, test } from 'vitest';
import { lastBeginning } from '../../src/jobs/occasion.ts';

const holidays = ['2027-01-01', '2027-05-03'];

test.each<[what: string, months: 1 | 3, timezone: string, now: string, due: string]>([
  ['before its hour the month before', 1, 'Europe/Berlin', '2026-12-01T06:59:59Z', '2026-11-02T07:00:00Z'],
  ['at its hour', 1, 'Europe/Berlin', '2026-12-01T07:00:00Z', '2026-12-01T07:00:00Z'],
  ['a first on a Sunday', 1, 'Europe/Berlin', '2026-11-30T23:00:00Z', '2026-11-02T07:00:00Z'],
  ['on the holiday and weekend not yet', 1, 'Europe/Berlin', '2027-01-03T12:00:00Z', '2026-12-01T07:00:00Z'],
  ['after holiday and weekend', 1, 'Europe/Berlin', '2027-01-04T07:00:00Z', '2027-01-04T07:00:00Z'],
  ['a weekend and then a holiday', 1, 'Europe/Berlin', '2027-05-20T00:00:00Z', '2027-05-04T06:00:00Z'],
  ['by summer clocks', 1, 'Europe/Berlin', '2026-07-15T00:00:00Z', '2026-07-01T06:00:00Z'],
  ['where the month begins earlier', 1, 'Pacific/Kiritimati', '2026-11-30T18:00:00Z', '2026-11-30T18:00:00Z'],
  ['where it begins later', 1, 'Pacific/Pago_Pago', '2026-12-01T18:59:59Z', '2026-11-02T19:00:00Z'],
  ['of a quarter, in its last month', 3, 'Europe/Berlin', '2026-12-31T22:59:59Z', '2026-10-01T06:00:00Z'],
  ['of a quarter, before its first working day', 3, 'UTC', '2027-01-04T07:59:00Z', '2026-10-01T08:00:00Z'],
  ['of a quarter, on it', 3, 'UTC', '2027-01-04T08:00:00Z', '2027-01-04T08:00:00Z'],
])('the first working day %s', (_, months, timezone, now, due) => {
  const asked = { months, at: '08:00', timezone, holidays };
  expect(lastBeginning(asked, new Date(now)).toISOString()).toBe(new Date(due).toISOString());
});
