import fc from 'fast-check';
import { sql } from 'kysely';
import type { Gateway } from '../src/actions/gateway.ts';
import { propose } from '../src/actions/propose.ts';
import { ask } from '../src/approvals/ask.ts';
import { lapse } from '../src/approvals/lapse.ts';
import type { ActionId, ApprovalId } from '../src/ids.ts';
import { save } from '../src/jobs/save.ts';
import type { Class } from './class.ts';
import { type Desk, deed, newIncident, newWorker, onCall, tryAdvance, violation } from './desk.ts';

interface Step {
  do: (typeof steps)[number];
  /** Which of the two actions. */
  on: 0 | 1;
  /** At the same time as the step before. */
  beside: boolean;
}

const steps = [
  'approve',
  'approve the first asking',
  'reject',
  'run out of time',
  'lapse',
  'advance',
  'advance',
  'new policy',
  'ask again beside',
  'copy the other approval',
] as const;

/** Two actions, and everything that can happen to them, in any order and at once. */
export const interleavings: Class<Step[]> = {
  name: 'interleavings',
  tries: { quick: 60, whole: 10_000 },
  cases: fc.array(
    fc.record({
      do: fc.constantFrom(...steps),
      on: fc.constantFrom(0 as const, 1 as const),
      beside: fc.boolean(),
    }),
    { minLength: 3, maxLength: 16 },
  ),
  attempt: async (desk, given) => {
    const [worker, incident] = [newWorker(), newIncident()];
    const of = (value: string) => deed({ worker, incident, arguments: { server: 'web-1', value } });
    const ids = [await propose(desk.gateway, of('a')), await propose(desk.gateway, of('b'))] as const;
    const first = [(await desk.asked(ids[0])).id, (await desk.asked(ids[1])).id] as const;
    const story: Story = { desk, ids, first, version: 1, expired: new Set() };
    let together: Promise<unknown>[] = [];
    for (const step of given) {
      if (!step.beside) {
        await Promise.all(together);
        together = [];
      }
      together.push(take(story, step));
    }
    await Promise.all(together);
    for (const id of ids) await tryAdvance(gatewayOf(story), id);
    for (const id of ids) {
      const because = (await violation(desk, id)) ?? (await consumedLate(desk, id));
      if (because) return because;
    }
    return undefined;
  },
};

interface Story {
  desk: Desk;
  ids: readonly [ActionId, ActionId];
  first: readonly [ApprovalId, ApprovalId];
  version: number;
  expired: Set<ApprovalId>;
}

function gatewayOf({ desk, version }: Story): Gateway {
  return { ...desk.gateway, policy: { ...desk.gateway.policy, version: String(version) } };
}

async function take(story: Story, { do: what, on }: Step): Promise<unknown> {
  const { desk, ids, first } = story;
  const { db } = desk.gateway;
  const [id, other] = [ids[on], ids[on === 0 ? 1 : 0]];
  switch (what) {
    case 'approve':
      return desk.says((await desk.asked(id)).id, onCall);
    case 'approve the first asking':
      return desk.says(first[on], onCall);
    case 'reject':
      return desk.says((await desk.asked(id)).id, onCall, { kind: 'reject', reason: 'No.' });
    case 'run out of time':
      return sql`update approval set expires_at = clock_timestamp() - interval '1 s'
        where action = ${id} and consumed_at is null`.execute(db);
    case 'lapse':
      return lapse(desk.gateway, (await desk.asked(id)).id);
    case 'advance':
      return tryAdvance(gatewayOf(story), id);
    case 'new policy':
      story.version += 1;
      return undefined;
    case 'ask again beside':
      return askBeside(desk, id).catch(() => {});
    case 'copy the other approval':
      // An answer to one question, sent under the name of the other.
      await desk.says((await desk.asked(other)).id, { ...onCall, roles: ['on-call'] });
      return tryAdvance(gatewayOf(story), id);
  }
}

/** A second question about an action that has one open: the database refuses it. */
async function askBeside(desk: Desk, action: ActionId): Promise<void> {
  const asked = await desk.asked(action);
  const by = { worker: asked.worker, charter: asked.charter };
  await save(desk.gateway, async (tx) => ({ result: undefined, ...(await ask(tx, by, asked)) }));
}

async function consumedLate(desk: Desk, id: ActionId): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`select id from approval where action = ${id}
    and (consumed_at > expires_at or (consumed_at is not null and status <> 'approved'))`.execute(
    desk.gateway.db,
  );
  return rows[0] && `${rows[0].id} was used after it had run out or without being approved.`;
}
