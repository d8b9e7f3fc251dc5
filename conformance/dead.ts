import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Action } from '../src/actions/action.ts';
import { approvalOf } from '../src/approvals/read.ts';
import { receiptOf } from '../src/audit/receipt.ts';
import { told as parsed, type Told } from '../src/audit/told.ts';
import { verify } from '../src/audit/verify.ts';
import type { ActionId } from '../src/ids.ts';
import type { Db } from '../src/postgres/database.ts';
import { openFresh } from './database.ts';
import { type Desk, openDesk, violation } from './desk.ts';
import type { Plan } from './dying.ts';
import { type Manner, type Outside, openOutside } from './outside.ts';

/** A database, a system outside, and the processes that work on them and are killed. */
export interface Scene {
  desk: Desk;
  outside: Outside;
  /** Starts a process, and kills it with SIGKILL when it has come to `step`. Throws when it never does. */
  dieAt(step: string, plan?: Partial<Plan>): Promise<void>;
  /** Starts a process that takes over and works until nothing is to be done; then everybody clicks again, where it waits. */
  takeOver(plan?: Partial<Plan>): Promise<void>;
  /** The one there is. */
  action(): Promise<Action>;
  close(): Promise<void>;
}

/** Milliseconds, on a machine with other things to do as well. */
const longest = 60_000;
/** So many processes start that it is worth not to read all of the code anew. */
const env = { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'roster-conformance') };
/** What the processes are called in the database. */
const named = 'dying';

export async function openScene(manner: Manner): Promise<Scene> {
  const database = await openFresh();
  const reached = { step: '', dead: () => {} };
  // Where a process is to die as the outside has done a thing, the outside does not answer it any more.
  const outside = await openOutside(manner, async (step) => {
    if (step !== reached.step) return;
    reached.step = '';
    reached.dead();
    await new Promise(() => {});
  });
  const url = new URL('connectionString' in database.queue ? database.queue.connectionString : '');
  url.searchParams.set('application_name', named);
  const start = (plan: Partial<Plan>) => {
    const whole: Plan = { database: url.href, outside: outside.url, manner, clicks: true, ...plan };
    return fork(join(import.meta.dirname, 'dying.ts'), [JSON.stringify(whole)], { env });
  };
  const desk = await openDesk(database);
  return {
    desk: { ...desk, effects: () => outside.effects },
    outside,
    dieAt: async (step, plan = {}) => {
      const child = start({ ...plan, stop: step });
      const diedOutside = new Promise<void>((dead) => Object.assign(reached, { step, dead }));
      try {
        await Promise.race([diedOutside, told(child, step)]);
      } finally {
        await end(child);
      }
      await forgotten(database.db);
    },
    takeOver: async (plan = {}) => {
      const child = start({ clicks: false, ...plan });
      try {
        await told(child, 'working');
        await workedOff(database.db);
        if ((await theAction(desk)).status !== 'waiting') return;
        child.send('click');
        await told(child, 'clicked');
        await workedOff(database.db);
      } finally {
        await end(child);
      }
    },
    action: () => theAction(desk),
    close: async () => {
      await outside.close();
      await desk.close();
    },
  };
}

async function told(child: ChildProcess, step: string): Promise<void> {
  const said = new Promise<void>((resolve, reject) => {
    child.on('message', (message) => (message as { at: string }).at === step && resolve());
    child.on('exit', (code) => reject(new Error(`It ended with ${code} before "${step}".`)));
  });
  const late = setTimeout(longest, undefined, { ref: false }).then(() => {
    throw new Error(`It never came to "${step}".`);
  });
  await Promise.race([said, late]);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** Waits until the database has let go of the dead process, and lets the time go by after which its jobs are missed. */
async function forgotten(db: Db): Promise<void> {
  await until(async () => {
    const { rows } = await sql`select 1 from pg_stat_activity
      where datname = current_database() and application_name = ${named}`.execute(db);
    return rows.length === 0;
  });
  await sql`update pgboss.job set heartbeat_on = heartbeat_on - interval '11 s' where state = 'active'`.execute(
    db,
  );
}

/** Waits until the queue has nothing more to do for the action. What is to be tried again is tried at once. */
async function workedOff(db: Db): Promise<void> {
  await until(async () => {
    await sql`update pgboss.job set start_after = now() where state = 'retry' and start_after > now()`.execute(
      db,
    );
    const { rows } = await sql`select 1 from pgboss.job where name in ('advance-action', 'cancel-action')
      and state in ('created', 'retry', 'active')`.execute(db);
    return rows.length === 0;
  });
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const begun = performance.now();
  while (!(await holds())) {
    if (performance.now() - begun > longest) throw new Error('The queue never came to an end.');
    await setTimeout(25);
  }
}

async function theAction(desk: Desk): Promise<Action> {
  const { rows } = await sql<{ id: ActionId }>`select id from action`.execute(desk.gateway.db);
  const [found] = rows;
  if (!found || rows.length > 1) throw new Error(`There are ${rows.length} actions.`);
  return desk.action(found.id);
}

/** What the record must say when all is over: one end, said once, and of at most one effect. A sentence when it does not. */
export async function misjudged(
  { desk, outside, action }: Scene,
  wanted: Action['status'][],
): Promise<string | undefined> {
  const { id, status, question } = await action();
  const { db } = desk.gateway;
  const many = outside.effects.length;
  if (!wanted.includes(status))
    return `It is ${status} after ${many} effects; wanted was ${wanted.join(' or ')}.`;
  if (status === 'done' && many !== 1) return `It is done after ${many} effects.`;
  const entries = await entriesOf(db, id);
  const of = (...kinds: string[]) => entries.filter(({ entry }) => kinds.includes(entry.kind)).length;
  const ran = ['done', 'failed', 'indeterminate', 'cancelled'].includes(status) ? 1 : 0;
  const { outcome } = receiptOf(id, entries, new Map());
  const told = { ...(outcome?.facts as { status?: string }), because: outcome?.because?.[0] };
  if (of('action.running') !== ran || of('action.ended', 'action.cancelled') !== 1 || told.status !== status)
    return `It is ${status}, and the audit says ${entries.map(({ entry }) => entry.kind).join(', ')}.`;
  if (status === 'indeterminate') {
    const card = (await approvalOf(db, id))?.outcome;
    const silent = [told.because, ...(card === undefined ? [] : [card])].find(
      (text) => !text?.includes(`Look at ${question.target}`),
    );
    if (silent !== undefined) return `It is not known, and what was said is: ${silent}`;
  }
  const chain = await verify(db);
  if (chain.kind === 'broken') return chain.because;
  return violation(desk, id);
}

async function entriesOf(db: Db, id: ActionId): Promise<Told[]> {
  const { rows } = await sql<{ text: string }>`select text from audit
    where text::jsonb #>> '{entry,about,action}' = ${id} order by seq`.execute(db);
  return rows.map(({ text }) => parsed(text));
}
