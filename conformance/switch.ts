import fc from 'fast-check';
import { sql } from 'kysely';
import { kills, type Switched, unkill } from '../src/actions/kill.ts';
import type { Scope } from '../src/actions/stops.ts';
import type { ActionId, WorkerId } from '../src/ids.ts';
import type { Db } from '../src/postgres/database.ts';
import type { Class } from './class.ts';
import { type Crew, openCrew } from './crew.ts';
import { type Desk, dawdle, newWorker, onCall } from './desk.ts';
import { entriesSince, lastEntry } from './kill.ts';

interface Case {
  /** `cut off`: the process `apart` cannot reach Redis; `no Redis`, `no database`: none can. */
  trouble: 'cut off' | 'no Redis' | 'no database';
  apart: 0 | 1 | 2;
  /** Through which process it is thrown. */
  through: 0 | 1 | 2;
  reach: 'all' | 'worker' | 'tool';
  /** When it is thrown after work streams in. */
  after: number;
}

const process3 = fc.constantFrom<0 | 1 | 2>(0, 1, 2);
const usual = { apart: 0, through: 1, reach: 'all', after: 300 } as const;

/** Milliseconds from the throw: how late the last effect began, and how late the last was stopped and told. */
const seen = { begin: [] as number[], beginKept: [] as number[], stop: [] as number[], end: [] as number[] };
const within = { begin: 1_000, stop: 5_000 };

/** Three processes at work, one of them cut off: a switch thrown through any of them holds in all. */
export const heardEverywhere: Class<Case> = {
  name: 'switch',
  tries: { quick: 3, whole: 120 },
  atOnce: 1,
  cases: fc.record({
    trouble: fc.oneof(
      { weight: 7, arbitrary: fc.constant('cut off' as const) },
      { weight: 2, arbitrary: fc.constant('no Redis' as const) },
      { weight: 1, arbitrary: fc.constant('no database' as const) },
    ),
    apart: process3,
    through: process3,
    reach: fc.constantFrom('all', 'worker', 'tool'),
    after: fc.integer({ min: 0, max: 400 }),
  }),
  always: [
    { ...usual, trouble: 'cut off' },
    { ...usual, trouble: 'no Redis', through: 2 },
    { ...usual, trouble: 'no database' },
  ],
  attempt: async (desk, given) => {
    if (desk.database.kind === 'embedded') return undefined;
    const crew = await crewOf(desk);
    const workers: Scene['workers'] = [newWorker(), newWorker()];
    const scene = { desk, crew, workers, from: await lastEntry(desk.gateway.db), ...given };
    for (const [nth, { redis }] of crew.hands.entries())
      if (given.trouble === 'no Redis' || (given.trouble === 'cut off' && nth === given.apart)) redis?.cut();
    try {
      await Promise.all(crew.hands.map((hand) => hand.ask('work', scene.workers)));
      await until(() => mine(scene).length >= 4);
      await dawdle(given.after);
      return await (given.trouble === 'no database' ? withoutDatabase(scene) : thrown(scene));
    } finally {
      for (const { redis, database } of crew.hands) for (const line of [redis, database]) line?.mend();
      await Promise.all(crew.hands.map((hand) => hand.ask('work', [])));
      await unkill(desk.gateway, scopeOf(scene), onCall.id);
      crew.begun.clear();
    }
  },
  end: async (desk) => {
    await (await crews.get(desk))?.close();
    crews.delete(desk);
    const p99 = (all: number[]) =>
      `${(all.toSorted((a, b) => a - b)[Math.ceil(all.length * 0.99) - 1] ?? 0).toFixed(0)} ms`;
    return `${seen.begin.length} throws; p99 of the last new effect ${p99(seen.begin)} after the throw, ${p99(seen.beginKept)} after it was kept; of the last stopped outside ${p99(seen.stop)}, told ${p99(seen.end)} after the throw`;
  },
};

const crews = new Map<Desk, Promise<Crew>>();

function crewOf(desk: Desk): Promise<Crew> {
  const crew = crews.get(desk) ?? openCrew(desk);
  crews.set(desk, crew);
  return crew;
}

interface Scene extends Case {
  desk: Desk;
  crew: Crew;
  workers: [WorkerId, WorkerId];
  /** The last entry of the audit before it. */
  from: string;
}

function scopeOf({ reach, workers }: Scene): Scope {
  if (reach === 'all') return 'all';
  return reach === 'worker' ? `worker:${workers[0]}` : 'tool:rotate';
}

const mine = ({ crew }: Scene) => [...crew.begun.values()];

/** The switch is kept: nothing begins from its commit on, and what was running is stopped and told. */
async function thrown(scene: Scene): Promise<string | undefined> {
  const { desk, crew } = scene;
  const { db } = desk.gateway;
  const scope = scopeOf(scene);
  const at = performance.now();
  const switched = (await crew.hands[scene.through]?.ask('kill', scope)) as Switched;
  // On a busy machine the person hears that it takes longer, and it is kept a moment later.
  await until(async () => (await kills(db)).some((one) => one.scope === scope));
  const keptAt = performance.now();
  if (switched.kind === 'was-so') return switched.because;
  const left = (await onceEnded(scene, () => true, within.stop)).find(isRunning);
  if (left) return `${left.id} is still running ${within.stop} ms after the throw.`;
  // Work streams in as before: some of it must have been tried by now.
  await until(async () => (await refused(db, scene)) >= 3);
  const rows = await reachedRows(db, scene);
  const told = Math.max(0, ...rows.map(({ endedMs }) => endedMs ?? 0));
  seen.end.push(told);
  if (told > within.stop) return `The last was told ${told} ms after the switch was thrown.`;
  const ids = new Set(rows.map(({ id }) => id));
  const reached = mine(scene).filter(({ action }) => ids.has(action));
  const last = Math.max(0, ...reached.map((one) => one.at));
  seen.begin.push(Math.max(0, last - at));
  seen.stop.push(...reached.flatMap(({ stoppedAt }) => (stoppedAt ? [stoppedAt - at] : [])));
  seen.beginKept.push(Math.max(0, last - keptAt));
  if (last - keptAt > within.begin) return `An effect began ${last - keptAt} ms after the switch was kept.`;
  return contradiction(scene, rows);
}

/** Nothing is kept: what is running is stopped all the same by whoever hears of it, and nothing begins. */
async function withoutDatabase(scene: Scene): Promise<string | undefined> {
  const { crew, desk } = scene;
  await until(() => hearing(crew));
  await until(() => mine(scene).some(({ lasts }) => lasts));
  for (const { database } of crew.hands) database.cut();
  const at = performance.now();
  const switched = (await crew.hands[scene.through]?.ask('kill', scopeOf(scene))) as Switched;
  if (switched.kind !== 'not-kept') return `Without a database it was ${switched.kind}.`;
  const rows = await reachedRows(desk.gateway.db, scene);
  const running = rows.filter(({ status }) => status === 'running').map(({ id }) => id);
  const lasting = () => mine(scene).filter(({ action, lasts }) => lasts && running.includes(action));
  // Without Redis only the process it is thrown through hears of it.
  if (crew.hands[0]?.redis) {
    await until(() => lasting().every(({ stoppedAt }) => stoppedAt !== undefined), within.stop);
    const missed = lasting().find(({ stoppedAt }) => stoppedAt === undefined);
    if (missed) return `${missed.action} was not stopped without the database.`;
    seen.stop.push(...lasting().map(({ stoppedAt = at }) => stoppedAt - at));
  }
  const last = Math.max(0, ...mine(scene).map((one) => one.at - at));
  seen.begin.push(last);
  if (last > within.begin) return `An effect began ${last} ms after the database was gone.`;
  for (const { database } of crew.hands) database.mend();
  return toldLater(scene, running);
}

/** Whether all hear each other: a line that was cut before needs a moment. */
async function hearing({ hands }: Crew): Promise<boolean> {
  if (!hands[0]?.redis) return true;
  const words = hands.map((_, nth) => `${nth} at ${performance.now()}`);
  await Promise.all(hands.map((hand, nth) => hand.ask('publish', words[nth])));
  await dawdle(50);
  const heard = await Promise.all(hands.flatMap((hand) => words.map((word) => hand.ask('heard', word))));
  return heard.every((one) => one === true);
}

/** With the database back, what was stopped is told. */
async function toldLater(scene: Scene, running: ActionId[]): Promise<string | undefined> {
  const rows = await onceEnded(scene, ({ id }) => running.includes(id), 30_000);
  const left = rows.find(isRunning);
  return left ? `${left.id} was stopped, and that was never told.` : contradiction(scene, rows);
}

const isRunning = ({ status }: Row) => status === 'running';

/** What the switch reaches of `which`, when none of it is running any more or patience is at its end. */
async function onceEnded(scene: Scene, which: (row: Row) => boolean, patienceMs: number): Promise<Row[]> {
  let rows: Row[] = [];
  await until(async () => {
    rows = (await reachedRows(scene.desk.gateway.db, scene)).filter(which);
    return !rows.some(isRunning);
  }, patienceMs);
  return rows;
}

interface Row {
  id: ActionId;
  status: string;
  /** From the throw of the switch to its end, by the database's clock. */
  endedMs: number | null;
}

/** Every action in reach of the switch that was ever running. */
async function reachedRows(db: Db, { workers, reach }: Scene): Promise<Row[]> {
  const [first, second] = workers;
  const { rows } = await sql<Row>`select id, status,
      extract(epoch from ended_at - (select max(thrown_at) from kill_switch))::float8 * 1000 as "endedMs"
    from action where started_at is not null and worker in (${first}, ${reach === 'worker' ? first : second})
      and (${reach} <> 'tool' or tool = 'rotate')`.execute(db);
  return rows;
}

/** How much was refused since the switch was thrown. */
async function refused(db: Db, { workers, reach }: Scene): Promise<number> {
  const [first, second] = workers;
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from action where status = 'refused'
    and worker in (${first}, ${reach === 'worker' ? first : second})`.execute(db);
  return rows[0]?.n ?? 0;
}

/** What the record says of an effect must be what became of it outside. */
async function contradiction({ crew, desk, from }: Scene, rows: Row[]): Promise<string | undefined> {
  if (crew.doubled() > 0) return `${crew.doubled()} effects began twice.`;
  const entries = await entriesSince(desk.gateway.db, from);
  for (const { id, status } of rows) {
    const effect = crew.begun.get(id);
    const ends = entries.filter(({ action, kind }) => action === id && /ended|cancelled/.test(kind)).length;
    if (ends !== 1) return `${id} ended ${ends} times.`;
    if (status === 'done' && effect?.stoppedAt) return `${id} is done, and was stopped.`;
    if (status === 'cancelled' && effect && !effect.stoppedAt) return `${id} is cancelled, and went on.`;
  }
  const thrownAt = entries.findLastIndex(({ kind }) => kind === 'kill.thrown');
  if (thrownAt < 0) return undefined;
  const late = entries
    .slice(thrownAt)
    .find(({ kind, action }) => kind === 'action.running' && rows.some(({ id }) => id === action));
  return late && `${late.action} was written as running after the switch.`;
}

async function until(isSo: () => boolean | Promise<boolean>, patienceMs = 20_000): Promise<void> {
  const end = performance.now() + patienceMs;
  while (!(await isSo()) && performance.now() < end) await dawdle(20);
}
