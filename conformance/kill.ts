import fc from 'fast-check';
import { sql } from 'kysely';
import { cancel } from '../src/actions/cancel.ts';
import type { Gateway } from '../src/actions/gateway.ts';
import { kill, unkill } from '../src/actions/kill.ts';
import { propose } from '../src/actions/propose.ts';
import type { Scope } from '../src/actions/stops.ts';
import type { ActionId } from '../src/ids.ts';
import type { Db } from '../src/postgres/database.ts';
import type { Class } from './class.ts';
import { type Desk, dawdle, deed, handleOf, newWorker, onCall, tryAdvance, violation } from './desk.ts';

interface Case {
  reach: 'all' | 'worker' | 'tool';
  /** Each is begun after so many milliseconds; those of a `waiting` tool are approved first. */
  deeds: { tool: 'restart' | 'roll-back'; after: number; lasts: boolean }[];
  /** When the switch is thrown. */
  thrownAfter: number;
}

/** Thrown at any moment: nothing it reaches begins after its commit, and what was running is told about. */
export const thrown: Class<Case> = {
  name: 'kill',
  tries: { quick: 40, whole: 3_000 },
  // The switch for all reaches every other attempt too.
  atOnce: 1,
  cases: fc.record({
    reach: fc.constantFrom('all', 'worker', 'tool'),
    deeds: fc.array(
      fc.record({
        tool: fc.constantFrom('restart', 'roll-back'),
        after: fc.integer({ min: 0, max: 12 }),
        lasts: fc.boolean(),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    thrownAfter: fc.integer({ min: 0, max: 14 }),
  }),
  attempt: async (desk, { reach, deeds, thrownAfter }) => {
    const worker = newWorker();
    const scope: Scope = reach === 'all' ? 'all' : reach === 'worker' ? `worker:${worker}` : 'tool:restart';
    const ready = await Promise.all(
      deeds.map(async (one, nth) => {
        const given = { server: `web-${nth}`, value: 'a' };
        const id = await propose(desk.gateway, deed({ worker, tool: one.tool, arguments: given }));
        if (one.tool === 'roll-back') await desk.says((await desk.asked(id)).id, onCall);
        return { ...one, id, reached: reach !== 'tool' || one.tool === 'restart' };
      }),
    );
    const from = await lastEntry(desk.gateway.db);
    const running = ready.map(async ({ id, after, lasts }) => {
      await dawdle(after);
      await tryAdvance(before(desk, lasts), id);
    });
    await dawdle(thrownAfter);
    await kill(desk.gateway, scope, onCall.id);
    try {
      await Promise.all(running);
      const reached = ready.filter((one) => one.reached).map(({ id }) => id);
      return await heldOff(desk, reached, from);
    } finally {
      await unkill(desk.gateway, scope, onCall.id);
    }
  },
};

/** The same tools; what lasts is still running when it is looked at, and can be stopped. */
function before(desk: Desk, lasts: boolean): Gateway {
  if (!lasts) return desk.gateway;
  const tools = desk.gateway.tools.map((tool) => ({
    ...tool,
    start: async (given: never, key: string) => {
      await tool.start(given, key);
      return { kind: 'running' as const, handle: handleOf(key) };
    },
    look: async (handle: string) => ({ kind: 'running' as const, handle }),
    cancel: async () => ({ kind: 'cancelled' as const }),
  }));
  return { ...desk.gateway, tools };
}

interface Seen {
  kind: string;
  action: ActionId | null;
  running: ActionId[] | null;
}

async function heldOff(desk: Desk, reached: ActionId[], from: string): Promise<string | undefined> {
  const rows = await entriesSince(desk.gateway.db, from);
  const at = rows.findIndex(({ kind }) => kind === 'kill.thrown');
  const begun = (part: Seen[]) =>
    part.flatMap(({ kind, action }) => (kind === 'action.running' ? [action] : []));
  const late = begun(rows.slice(at)).find((id) => id !== null && reached.includes(id));
  if (at < 0 || late) return `${late ?? 'The switch itself'} was written after the switch was thrown.`;
  const early = begun(rows.slice(0, at));
  for (const id of rows[at]?.running ?? []) await cancel(before(desk, true), id);
  for (const id of reached) await tryAdvance(before(desk, true), id);
  for (const id of reached) {
    const [effects, { status }] = [desk.effects(id).length, await desk.action(id)];
    if (effects > (early.includes(id) ? 1 : 0)) return `${id} had an effect after the switch.`;
    if (status === 'running' || status === 'ready') return `${id} is still ${status}.`;
    const because = await violation(desk, id);
    if (because) return because;
  }
  return undefined;
}

/** What was written after an entry, in order. */
export async function entriesSince(db: Db, from: string): Promise<Seen[]> {
  const { rows } = await sql<Seen>`select entry ->> 'kind' as kind, entry #>> '{about,action}' as action,
      entry #> '{facts,running}' as running
    from (select seq, text::jsonb -> 'entry' as entry from audit where seq > ${from}::bigint) as told
    order by seq`.execute(db);
  return rows;
}

/** Where the audit ends now. */
export async function lastEntry(db: Db): Promise<string> {
  const { rows } = await sql<{ seq: string }>`select coalesce(max(seq), 0)::text as seq from audit`.execute(
    db,
  );
  return rows[0]?.seq ?? '0';
}
