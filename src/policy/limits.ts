import { z } from 'zod';
import { type Amounts, type Budgets, scopes, wholeBudgets } from '../budgets/budget.ts';

const shape = z.strictObject({
  autonomous_changes_per_incident: z.number().int().min(0).max(8),
  budgets: wholeBudgets,
});

/** What a policy limits. One that was adopted before there were budgets has its calls of a day read as such. */
export const limitsSchema = z.preprocess((given) => {
  if (typeof given !== 'object' || given === null || 'budgets' in given) return given;
  if (!('tool_calls_per_worker_and_day' in given)) return given;
  const { tool_calls_per_worker_and_day: calls, ...rest } = given;
  return { ...rest, budgets: { worker_day: { calls } } };
}, shape);

interface Limited {
  limits: { budgets: Budgets };
  units: Record<string, { budgets?: Budgets | undefined }>;
}

/** What holds for a deed on services of these business units: of every limit the lowest, theirs or the whole's. */
export function budgetsFor({ limits, units: all }: Limited, units: string[]): Budgets {
  const { currency } = limits.budgets;
  const parts = [limits.budgets, ...units.map((unit) => all[unit]?.budgets ?? {})];
  const lowest = (scope: (typeof scopes)[number]): Amounts => {
    const each = (unit: keyof Amounts) => {
      const found = parts.map((part) => part[scope]?.[unit]).filter((one) => one !== undefined);
      return found.length > 0 ? Math.min(...found) : undefined;
    };
    return { calls: each('calls'), tokens: each('tokens'), money: each('money') };
  };
  return { currency, run: lowest('run'), worker_day: lowest('worker_day'), day: lowest('day') };
}

/** Where a business unit's budgets hold more than the whole's, as paths. */
export function looserBudgets({ limits: { budgets: whole }, units }: Limited): string[][] {
  return Object.entries(units).flatMap(([unit, { budgets: own }]) =>
    scopes.flatMap((scope) =>
      Object.entries(own?.[scope] ?? {}).flatMap(([name, most]) => {
        const limit = whole[scope]?.[name as keyof Amounts];
        return limit !== undefined && most !== undefined && most > limit
          ? [['units', unit, 'budgets', scope, name]]
          : [];
      }),
    ),
  );
}

/** Money is counted in one currency, so it must be named where any money is. */
export function lacksCurrency({ limits: { budgets }, units }: Limited): boolean {
  const all = [budgets, ...Object.values(units).map(({ budgets: own }) => own ?? {})];
  const counts = all.some((part) => scopes.some((scope) => part[scope]?.money !== undefined));
  return counts && budgets.currency === undefined;
}
