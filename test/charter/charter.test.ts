import { describe, expect, test } from 'vitest';
import { type Charter, charterSchema, objections, versionOf } from '../../src/charter/charter.ts';
import { signedFor } from '../../src/charter/operating.ts';

const written = {
  worker: 'ada',
  version: 3,
  name: 'Ada',
  role: 'Operations worker',
  avatar: ':owl:',
  tier: 2,
  accountable: 'p-manager',
  duties: ['monitoring'],
  purpose: {
    objective: 'Watches the shop and mends what a runbook covers, shown by metrics.',
    domains: ['the shop'],
    boundaries: ['no databases'],
  },
  authority: { autonomous: ['restart-service'], notify: ['rotate-logs'], ask: ['roll-back'] },
  cadence: { standup: { cron: '0 9 * * 1-5', timezone: 'Europe/Berlin' }, escalates_to: ['on-call'] },
  evaluation: { metrics: ['minutes to verified'], review: 'every quarter' },
};
const charter = charterSchema.parse(written);

test('a charter is parsed, an authority list that is not named is empty, and it has a version for the audit', () => {
  expect(charter.authority.never).toEqual([]);
  expect(versionOf(charter)).toBe('ada@3');
  expect(objections(charter)).toEqual([]);
});

describe('a charter that cannot be in force', () => {
  const rows: [what: string, changed: Partial<Charter>, because: string[]][] = [
    [
      'says too little of what it is for',
      { purpose: { ...charter.purpose, objective: '  Keep things   running ' } },
      [
        'purpose.objective has 3 words and says too little: say what the worker is for, for whom, and how one sees that it is met.',
      ],
    ],
    [
      'has a tool on two lists',
      { authority: { ...charter.authority, never: ['roll-back'] } },
      ['authority lists roll-back under ask and never: keep one.'],
    ],
  ];
  test.each(rows)('%s', (_, changed, because) => {
    expect(objections({ ...charter, ...changed })).toEqual(because);
  });
});

describe('a charter that is not one', () => {
  const rows: [what: string, changed: object, at: string][] = [
    ['an unknown duty', { duties: ['gardening'] }, 'duties.0'],
    ['no duty', { duties: [] }, 'duties'],
    ['an id that would not fit a name', { worker: 'Ada!' }, 'worker'],
    ['version 0', { version: 0 }, 'version'],
    ['an unknown key', { authorities: {} }, ''],
    ['a cron expression of four fields', cadence({ cron: '0 9 * *' }), 'cadence.standup.cron'],
    ['an hour that there is none of', cadence({ cron: '0 25 * * *' }), 'cadence.standup.cron'],
    ['a day that never comes', cadence({ cron: '0 9 31 2 *' }), 'cadence.standup.cron'],
    ['a time zone that there is none of', cadence({ timezone: 'Berlin' }), 'cadence.standup.timezone'],
    ['nobody to escalate to', { cadence: { ...written.cadence, escalates_to: [] } }, 'cadence.escalates_to'],
    [
      'a tool name with a space',
      { authority: { ...written.authority, ask: ['roll back'] } },
      'authority.ask.0',
    ],
  ];
  test.each(rows)('%s', (_, changed, at) => {
    const parsed = charterSchema.safeParse({ ...written, ...changed });
    expect(parsed.error?.issues.map(({ path }) => path.join('.'))).toEqual([at]);
  });
});

function cadence(standup: object) {
  return { cadence: { ...written.cadence, standup: { ...written.cadence.standup, ...standup } } };
}

test('the operating charter counts for the kind of site it was signed off for, and unsigned for nobody', () => {
  const unsigned = { version: 1, executive: 'p-boss', disclosure: 'AI', signed_off: null };
  expect(signedFor(unsigned)).toBe('nobody');
  expect(signedFor({ ...unsigned, signed_off: { by: 'p-boss', on: '2026-11-01', site: 'real' } })).toBe(
    'real',
  );
});
