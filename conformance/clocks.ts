import fc from 'fast-check';
import { sql } from 'kysely';
import type { Gateway } from '../src/actions/gateway.ts';
import { lapse } from '../src/approvals/lapse.ts';
import { openFresh } from './database.ts';
import { misjudged, openScene } from './dead.ts';
import { askFor, handleOf, onCall, openDesk, owner, tryAdvance, violation } from './desk.ts';

/** A process whose clock is wrong. */
export interface WrongClock {
  kind: 'clock';
  minutes: number;
  tool: 'roll-back' | 'drop';
  /** By the database's clock the approval has run out before it is used. */
  ranOut: boolean;
  /** What its own clock says in this process, or all of what Date says in a process of its own. */
  whose: 'gateway' | 'process';
}

export const wrongClocks: fc.Arbitrary<WrongClock> = fc.record({
  kind: fc.constant('clock' as const),
  minutes: fc.oneof(fc.constantFrom(-1_440, -10, 10, 1_440), fc.integer({ min: -600, max: 600 })),
  tool: fc.constantFrom('roll-back', 'drop'),
  ranOut: fc.boolean(),
  whose: fc.constant('gateway' as const),
});

/** One of each for a process of its own. */
export const wrongProcesses: WrongClock[] = [-1_440, -10, 10, 1_440].flatMap((minutes) =>
  [false, true].map((ranOut) => ({ kind: 'clock', minutes, tool: 'roll-back', ranOut, whose: 'process' })),
);

/** The database's clock alone says whether an approval holds and when to look again. */
export function isWrong(given: WrongClock): Promise<string | undefined> {
  return given.whose === 'gateway' ? inGateway(given) : inProcess(given);
}

async function inGateway({ minutes, tool, ranOut }: WrongClock): Promise<string | undefined> {
  const database = await openFresh();
  const desk = await openDesk(database);
  const { db } = database;
  const looks: Date[] = [];
  const gateway: Gateway = {
    ...desk.gateway,
    now: () => new Date(Date.now() + minutes * 60_000),
    queue: {
      ...desk.gateway.queue,
      add: async (_, { name }, after) => {
        if (name === 'advance-action' && after) looks.push(after);
      },
    },
    tools: desk.gateway.tools.map((one) => ({
      ...one,
      start: async (given: never, key: string) => {
        await one.start(given, key);
        return { kind: 'running', handle: handleOf(key) };
      },
    })),
  };
  try {
    const { id, approval } = await askFor({ ...desk, gateway }, { tool });
    for (const person of [onCall, owner])
      await desk.says(approval.id, person, { kind: 'approve', typed: 'web-1' });
    if (ranOut) await sql`update approval set expires_at = clock_timestamp()`.execute(db);
    await lapse(gateway, approval.id);
    for (let again = 0; again < 3; again += 1) await tryAdvance(gateway, id);
    const [{ status }, effects] = [await desk.action(id), desk.effects(id).length];
    if (status !== (ranOut ? 'lapsed' : 'done') || effects !== (ranOut ? 0 : 1))
      return `It is ${status} after ${effects} effects.`;
    const { rows } = await sql<{
      far: boolean;
    }>`select abs(extract(epoch from at - clock_timestamp())) > 60 as far
      from unnest(${looks}::timestamptz[]) as at`.execute(db);
    if (rows.length !== (ranOut ? 0 : 1) || rows.some(({ far }) => far))
      return `It is looked at again at ${looks.map((at) => at.toISOString())}.`;
    return await violation(desk, id);
  } finally {
    await desk.close();
  }
}

async function inProcess({ minutes, tool, ranOut }: WrongClock): Promise<string | undefined> {
  const scene = await openScene({ tool, lasts: true });
  const clockMs = minutes * 60_000;
  try {
    await scene.dieAt('answer: committed', { clockMs });
    if (ranOut) await sql`update approval set expires_at = clock_timestamp()`.execute(scene.desk.gateway.db);
    await scene.takeOver({ clockMs });
    return await misjudged(scene, [ranOut ? 'lapsed' : 'done']);
  } finally {
    await scene.close();
  }
}
