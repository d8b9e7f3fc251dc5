// Budgets: what runs, workers and days may spend in calls, tokens and money, reserved before it is spent.
// Not what a deed costs nor how much is allowed: tools and models say the one, policy the other.
import { z } from 'zod';
import type { IncidentId, WorkerId } from '../ids.ts';
import type { Tx } from '../postgres/database.ts';
import { addUsed, insertReserved, type Line, loadDay, removeReserved, settleReserved } from './store.ts';

const units = ['calls', 'tokens', 'money'] as const;
export type Unit = (typeof units)[number];

/** Whole numbers; money in the smallest unit of the policy's currency, such as cents. What is not named is none. */
export type Amounts = { [unit in Unit]?: number | undefined };

const most = z.number().int().nonnegative();
const amounts = z.strictObject({
  calls: most.optional(),
  tokens: most.optional(),
  money: most.optional(),
});
const currency = z.string().regex(/^[A-Z]{3}$/, 'wanted three letters such as EUR');

/** A run is an incident: what belongs to none has no run's budget. Days are UTC by the database's clock. */
export const partBudgets = z.strictObject({
  run: amounts.optional(),
  worker_day: amounts.optional(),
  day: amounts.optional(),
});

/** The whole policy's: every worker's day has a budget of calls. */
export const wholeBudgets = partBudgets.extend({
  currency: currency.optional(),
  worker_day: amounts.extend({ calls: most }),
});

export const scopes = ['run', 'worker_day', 'day'] as const;
type Scope = (typeof scopes)[number];
/** At most how much; what is not named has no limit. */
export type Budgets = { [scope in Scope]?: Amounts | undefined } & { currency?: string | undefined };

export interface Spending {
  /** Names it for settling and for a second try: the id of an action or of a model's call. */
  key: string;
  run: IncidentId | null;
  worker: WorkerId;
  /** At most what it takes. */
  amounts: Amounts;
}

export type Reserved = { kind: 'reserved' } | { kind: 'spent'; because: string };

/**
 * Reserves before it is spent, from every budget or from none, however many ask at once. *spent* names the
 * first budget that does not hold it. Reserving under one key twice counts once.
 */
export async function reserve(tx: Tx, spending: Spending, budgets: Budgets): Promise<Reserved> {
  if (!units.every((unit) => isAmount(spending.amounts[unit] ?? 0)))
    return { kind: 'spent', because: 'What this takes at most is not known, so no budget can hold it.' };
  const counted = countedFor(spending, await loadDay(tx));
  const lines = counted.map(({ line }) => line);
  if (!(await insertReserved(tx, spending.key, lines))) return { kind: 'reserved' };
  const used = await addUsed(tx, lines);
  for (const { scope, line } of counted) {
    const limit = budgets[scope]?.[line.unit];
    const now = used.find((one) => one.name === line.name && one.unit === line.unit)?.used ?? line.amount;
    if (limit === undefined || now <= limit) continue;
    await addUsed(tx, lines.map(negated));
    await removeReserved(tx, spending.key);
    return { kind: 'spent', because: sentence({ scope, line, limit, now }, budgets.currency) };
  }
  return { kind: 'reserved' };
}

/**
 * Counts what was really used in place of what was reserved under `key`, once: what was reserved and not used
 * is free again, and more than was reserved counts in full. A unit that is not named stays as reserved.
 */
export async function settle(tx: Tx, key: string, used: Amounts): Promise<void> {
  const reserved = await settleReserved(tx, key);
  const names = [...new Set(reserved.map(({ name }) => name))];
  const changes = names.flatMap((name) =>
    units.map((unit): Line => {
      const before = reserved.find((one) => one.name === name && one.unit === unit)?.amount ?? 0;
      return { name, unit, amount: (used[unit] ?? before) - before };
    }),
  );
  await addUsed(
    tx,
    changes.filter(({ amount }) => amount !== 0),
  );
}

function isAmount(amount: number): boolean {
  return Number.isSafeInteger(amount) && amount >= 0;
}

interface Counted {
  scope: Scope;
  line: Line;
}

/** What is counted where: all of it, also what has no limit now, so that a policy of tomorrow finds it. */
function countedFor({ run, worker, amounts }: Spending, day: string): Counted[] {
  const names: Record<Scope, string | undefined> = {
    run: run === null ? undefined : `run:${run}`,
    worker_day: `worker:${worker}:${day}`,
    day: `day:${day}`,
  };
  return scopes.flatMap((scope) =>
    units.flatMap((unit) => {
      const [name, amount] = [names[scope], amounts[unit] ?? 0];
      return name === undefined || amount === 0 ? [] : [{ scope, line: { name, unit, amount } }];
    }),
  );
}

function negated({ amount, ...line }: Line): Line {
  return { ...line, amount: -amount };
}

const whose: Record<Scope, string> = {
  run: 'this incident',
  worker_day: "this worker's day",
  day: 'the day of all workers together',
};
const then: Record<Scope, string> = {
  run: 'have a person go on',
  worker_day: 'go on tomorrow, or have a person do it',
  day: 'go on tomorrow, or have a person do it',
};

interface Overspent extends Counted {
  limit: number;
  /** Used, with what was asked for. */
  now: number;
}

function sentence({ scope, line: { unit, amount }, limit, now }: Overspent, currency?: string): string {
  const say = (some: number) => amountSays(unit, some, currency);
  const left = limit - (now - amount);
  if (left <= 0) return `All ${say(limit)} of ${whose[scope]} are used: ${then[scope]}.`;
  return `This may take ${say(amount)} and only ${say(left)} of the ${say(limit)} of ${whose[scope]} are left: ${then[scope]}.`;
}

/** An amount for people, such as "12 calls" or "EUR 0.31". */
export function amountSays(unit: Unit, amount: number, currency: string | undefined): string {
  if (unit !== 'money') return `${amount.toLocaleString('en')} ${unit}`;
  if (currency === undefined) return `${amount.toLocaleString('en')} of money`;
  const format = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'code' });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amount / 10 ** digits).replace('\u00A0', ' ');
}
