import fc from 'fast-check';
import type { Gateway } from '../src/actions/gateway.ts';
import { propose } from '../src/actions/propose.ts';
import type { ActionId } from '../src/ids.ts';
import type { Class } from './class.ts';
import { type Desk, dawdle, deed, newIncident, newWorker, tryAdvance, violation } from './desk.ts';

type Case =
  | { kind: 'changes'; attempts: number; after: number[] }
  | { kind: 'calls'; attempts: number; budget: number };

/** However many attempts go on at once: exactly 8 changes of an incident, exactly the calls of a day. */
export const limits: Class<Case> = {
  name: 'limits',
  tries: { quick: 25, whole: 300 },
  atOnce: 1,
  cases: fc.oneof(
    fc.record({
      kind: fc.constant('changes' as const),
      attempts: fc.integer({ min: 9, max: 24 }),
      after: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 }),
    }),
    fc.record({
      kind: fc.constant('calls' as const),
      attempts: fc.constant(20),
      budget: fc.integer({ min: 1, max: 19 }),
    }),
  ),
  heavy: [{ kind: 'changes', attempts: 1_000, after: [0] }],
  always: [
    { kind: 'changes', attempts: 150, after: [0] },
    { kind: 'calls', attempts: 20, budget: 7 },
  ],
  attempt: (desk, given) => (given.kind === 'changes' ? changes(desk, given) : calls(desk, given)),
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

async function calls(desk: Desk, { attempts, budget }: Extract<Case, { kind: 'calls' }>) {
  const { policy } = desk.gateway;
  const gateway: Gateway = {
    ...desk.gateway,
    policy: { ...policy, limits: { ...policy.limits, tool_calls_per_worker_and_day: budget } },
  };
  const worker = newWorker();
  const one = () => propose(gateway, deed({ worker, tool: 'restart' }));
  const ids = await Promise.all(Array.from({ length: attempts }, one));
  await Promise.all(ids.flatMap((id) => [tryAdvance(gateway, id), tryAdvance(gateway, id)]));
  return ranExactly(desk, ids, { times: Math.min(attempts, budget), again: gateway });
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
