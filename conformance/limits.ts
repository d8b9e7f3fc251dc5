import fc from 'fast-check';
import { sql } from 'kysely';
import type { Gateway } from '../src/actions/gateway.ts';
import { propose } from '../src/actions/propose.ts';
import { type Amounts, scopes } from '../src/budgets/budget.ts';
import type { ActionId } from '../src/ids.ts';
import type { Class } from './class.ts';
import { type Desk, dawdle, deed, newIncident, newWorker, tryAdvance, violation } from './desk.ts';

type Case =
  | { kind: 'changes'; attempts: number; after: number[] }
  | { kind: 'budget'; scope: Scope; unit: keyof typeof takes; attempts: number; holds: number };
type Scope = (typeof scopes)[number];

/** However many attempts go on at once: exactly 8 changes of an incident, exactly what a budget holds. */
export const limits: Class<Case> = {
  name: 'limits',
  tries: { quick: 25, whole: 200 },
  atOnce: 1,
  cases: fc.oneof(
    fc.record({
      kind: fc.constant('changes' as const),
      attempts: fc.integer({ min: 9, max: 24 }),
      after: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 }),
    }),
    fc.record({
      kind: fc.constant('budget' as const),
      scope: fc.constantFrom(...scopes),
      unit: fc.constantFrom('calls' as const, 'tokens' as const, 'money' as const),
      attempts: fc.constant(20),
      // An incident asks a person from its eighth change on, whatever its budget.
      holds: fc.integer({ min: 1, max: 7 }),
    }),
  ),
  heavy: [{ kind: 'changes', attempts: 1_000, after: [0] }],
  always: [
    { kind: 'changes', attempts: 150, after: [0] },
    ...scopes.flatMap((scope) =>
      (['calls', 'tokens', 'money'] as const).map((unit) => {
        return { kind: 'budget' as const, scope, unit, attempts: 20, holds: 5 };
      }),
    ),
  ],
  attempt: (desk, given) => (given.kind === 'changes' ? changes(desk, given) : budget(desk, given)),
};

async function changes(desk: Desk, { attempts, after }: Extract<Case, { kind: 'changes' }>) {
  const [incident, worker] = [newIncident(), newWorker()];
  const ids: ActionId[] = [];
  const attempt = async (nth: number) => {
    await dawdle(after[nth % after.length] ?? 0);
    const given = { server: `web-${nth}`, value: 'a' };
    const proposal = deed({ incident, worker, tool: 'restart', arguments: given });
    const id = await untilItGets(() => propose(desk.gateway, proposal));
    ids.push(id);
    await tryAdvance(desk.gateway, id);
  };
  await Promise.all(Array.from({ length: attempts }, (_, nth) => attempt(nth)));
  return ranExactly(desk, ids, { times: 8, again: desk.gateway });
}

/** What one deed takes of each unit, so that no budget is a whole number of something else's. */
const takes = { calls: 1, tokens: 130, money: 7 };

/** Twenty at once on a budget that holds a few of them, and not one unit more than the budget is counted. */
async function budget(desk: Desk, { scope, unit, attempts, holds }: Extract<Case, { kind: 'budget' }>) {
  const [incident, worker] = [newIncident(), newWorker()];
  const name = { run: `run:${incident}`, worker_day: `worker:${worker}:%`, day: 'day:%' }[scope];
  const before = await used(desk, name, unit);
  const limit = before + holds * takes[unit] + (takes[unit] > 1 ? 3 : 0);
  const gateway = budgeted(desk, scope, { [unit]: limit });
  const shared = { ...(scope === 'run' && { incident }), ...(scope === 'worker_day' && { worker }) };
  const one = (_: unknown, nth: number) =>
    propose(gateway, deed({ ...shared, tool: 'restart', arguments: { server: `web-${nth}`, value: 'a' } }));
  const ids = await Promise.all(Array.from({ length: attempts }, one));
  await Promise.all(ids.flatMap((id) => [tryAdvance(gateway, id), tryAdvance(gateway, id)]));
  const because = await ranExactly(desk, ids, { times: Math.min(attempts, holds), again: gateway });
  const counted = (await used(desk, name, unit)) - before;
  if (counted !== holds * takes[unit]) return `${counted} ${unit} were counted for ${holds} deeds.`;
  return because;
}

function budgeted({ gateway, tool }: Desk, scope: Scope, most: Amounts): Gateway {
  const { tokens, money } = takes;
  const { limits } = gateway.policy;
  const whole = { currency: 'EUR', worker_day: { calls: 1_000_000 } };
  const budgets = { ...whole, [scope]: { ...(scope === 'worker_day' && whole.worker_day), ...most } };
  return {
    ...gateway,
    tools: [tool({ name: 'restart', risk: 'low', cost: () => ({ tokens, money }) })],
    policy: { ...gateway.policy, limits: { ...limits, budgets } },
  };
}

async function used({ database }: Desk, name: string, unit: string): Promise<number> {
  const { rows } = await sql<{ used: number }>`select coalesce(sum(used), 0)::float8 as used from budget_used
    where name like ${name} and unit = ${unit}`.execute(database.db);
  return rows[0]?.used ?? 0;
}

/** A thousand at once wait longer for a connection than the pool lets them: as a job does, they try again. */
async function untilItGets<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!String(error).includes('timeout exceeded')) throw error;
    }
  }
}

/** Tries the first hundred once more: what was refused or waits stays so. */
async function ranExactly(desk: Desk, ids: ActionId[], { times, again }: { times: number; again: Gateway }) {
  const some = ids.slice(0, 100);
  await Promise.all(some.map((id) => tryAdvance(again, id)));
  const ran = ids.filter((id) => desk.effects(id).length > 0);
  if (ran.length !== times) return `${ran.length} of ${ids.length} ran; wanted was exactly ${times}.`;
  const found = await Promise.all(ran.map((id) => violation(desk, id)));
  return found.find((because) => because !== undefined);
}
