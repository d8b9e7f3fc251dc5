import { describe, expect, test } from 'vitest';
import type { Budgets } from '../../src/budgets/budget.ts';
import { budgetsFor } from '../../src/policy/limits.ts';
import { policySchema } from '../../src/policy/policy.ts';
import { policy } from './facts.ts';

const whole = { currency: 'EUR', run: { tokens: 100 }, worker_day: { calls: 50, money: 10 } };
const under = (budgets: object, units: Record<string, object> = {}) => ({
  ...policy,
  limits: { autonomous_changes_per_incident: 8, budgets },
  units,
});

test('a policy of before, with calls of a day alone, is read as a budget', () => {
  const before = { autonomous_changes_per_incident: 8, tool_calls_per_worker_and_day: 500 };
  expect(policySchema.parse({ ...policy, limits: before }).limits).toEqual({
    autonomous_changes_per_incident: 8,
    budgets: { worker_day: { calls: 500 } },
  });
});

describe('budgets', () => {
  const rows: [what: string, given: object, at?: string, because?: string][] = [
    ['of all kinds', under(whole)],
    ['of calls alone', under({ worker_day: { calls: 1 } })],
    ['without the calls of a day', under({ run: { calls: 1 } }), 'limits.budgets.worker_day'],
    ['of half a call', under({ worker_day: { calls: 0.5 } }), 'limits.budgets.worker_day.calls'],
    ['of less than nothing', under({ worker_day: { calls: -1 } }), 'limits.budgets.worker_day.calls'],
    ['of a week', under({ ...whole, week: { calls: 1 } }), 'limits.budgets'],
    ['of time', under({ ...whole, day: { hours: 1 } }), 'limits.budgets.day'],
    ['in a currency of two letters', under({ ...whole, currency: 'EU' }), 'limits.budgets.currency'],
    [
      'of money in no currency',
      under({ worker_day: { calls: 1, money: 1 } }),
      'limits.budgets.currency',
      'missing, and money is counted: name one such as EUR',
    ],
    [
      'of money in no currency, by a business unit alone',
      under({ worker_day: { calls: 1 } }, { shop: { budgets: { day: { money: 1 } } } }),
      'limits.budgets.currency',
    ],
    [
      'both as before and anew',
      { ...policy, limits: { ...under(whole).limits, tool_calls_per_worker_and_day: 5 } },
      'limits',
    ],
    ['of a business unit, as much', under(whole, { shop: { budgets: { worker_day: { calls: 50 } } } })],
    ['of a business unit, less', under(whole, { shop: { budgets: { run: { tokens: 1 } } } })],
    [
      'of a business unit, where the whole has none',
      under(whole, { shop: { budgets: { day: { calls: 9 } } } }),
    ],
    [
      'of a business unit, more',
      under(whole, { shop: { budgets: { run: { tokens: 101 } } } }),
      'units.shop.budgets.run.tokens',
      'looser than limits.budgets, and a business unit may only be stricter',
    ],
    [
      'of a business unit in a currency of its own',
      under(whole, { shop: { budgets: { currency: 'USD' } } }),
      'units.shop.budgets',
    ],
  ];
  test.each(rows)('%s', (_, given, at, because) => {
    const { success, error } = policySchema.safeParse(given);
    expect(success).toBe(at === undefined);
    if (at) expect(error?.issues.map(({ path }) => path.join('.'))).toEqual([at]);
    if (because) expect(error?.issues[0]?.message).toBe(because);
  });
});

describe("of the whole's and the units' budgets the lowest of each holds", () => {
  const shop = { budgets: { run: { tokens: 10, calls: 3 } }, rules: [] };
  const money = { budgets: { run: { tokens: 20, calls: 2 }, worker_day: { calls: 1 } }, rules: [] };
  const rows: [units: string[], held: Budgets][] = [
    [[], whole],
    [['nobody'], whole],
    [['shop'], { ...whole, run: { tokens: 10, calls: 3 } }],
    [['shop', 'money'], { ...whole, run: { tokens: 10, calls: 2 }, worker_day: { calls: 1, money: 10 } }],
  ];
  test.each(rows)('%j', (units, held) => {
    const { limits } = policySchema.parse(under(whole));
    expect(JSON.parse(JSON.stringify(budgetsFor({ limits, units: { shop, money } }, units)))).toEqual({
      day: {},
      ...held,
    });
  });
});
