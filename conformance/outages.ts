import fc from 'fast-check';
import { sql } from 'kysely';
import type { Gateway } from '../src/actions/gateway.ts';
import { type Proposal, propose } from '../src/actions/propose.ts';
import { answer } from '../src/approvals/answer.ts';
import { verify } from '../src/audit/verify.ts';
import type { ActionId } from '../src/ids.ts';
import { rulesAtStart } from '../src/in-force.ts';
import { policyInForce } from '../src/policy/force.ts';
import type { Database } from '../src/postgres/database.ts';
import { outages } from './breaking.ts';
import { hasNoClaims, type NoClaims, noClaims } from './claims.ts';
import type { Class } from './class.ts';
import { isWrong, type WrongClock, wrongClocks, wrongProcesses } from './clocks.ts';
import { openFresh } from './database.ts';
import { type Desk, dawdle, deed, onCall, openDesk, owner, policy, tryAdvance, violation } from './desk.ts';
import { type BrokenFile, brokenFiles, isBroken } from './files.ts';
import { type Line, openLine } from './line.ts';
import { openWatched } from './watched.ts';

type Tool = 'restart' | 'roll-back' | 'drop';

type Case =
  /** Something is down from one moment on, until after everybody has tried to go on. */
  | { kind: 'down'; what: keyof typeof outages; from: (typeof moments)[number]; tool: Tool; ranOut: boolean }
  /** The connections are cut once, in the middle of a transaction or as it was committed. */
  | { kind: 'cut'; at: (typeof steps)[number]; tool: Tool }
  | WrongClock
  | NoClaims
  | BrokenFile;

const moments = [
  'before it is proposed',
  'before it is answered',
  'before it runs',
  'while it runs',
] as const;
const steps = [
  ...(['propose: written', 'propose: recorded', 'propose: committed'] as const),
  ...(['answer: written', 'answer: recorded', 'answer: committed'] as const),
  ...(['run: locked', 'run: approval used up', 'run: written', 'run: recorded', 'run: committed'] as const),
  ...(['finish: written', 'finish: recorded', 'finish: committed'] as const),
];
const tool = fc.constantFrom<Tool>('restart', 'roll-back', 'drop');

const kinds = Object.keys(outages) as (keyof typeof outages)[];
const downs = fc.record({
  kind: fc.constant('down' as const),
  what: fc.constantFrom(...kinds),
  from: fc.constantFrom(...moments),
  tool,
  ranOut: fc.boolean(),
});
const cuts = fc.record({ kind: fc.constant('cut' as const), at: fc.constantFrom(...steps), tool });

/** Whatever is down, nothing is done meanwhile; and once it is mended, everything goes on where it was. */
export const down: Class<Case> = {
  name: 'outages',
  tries: { quick: 18, whole: 400 },
  needs: 'postgres',
  cases: fc.oneof(
    { weight: 6, arbitrary: downs },
    { weight: 3, arbitrary: cuts },
    { weight: 2, arbitrary: wrongClocks },
    { weight: 2, arbitrary: noClaims },
    { weight: 2, arbitrary: brokenFiles },
  ),
  always: [
    ...kinds.map((what) => ({
      kind: 'down' as const,
      what,
      from: moments[2],
      tool: 'roll-back' as const,
      ranOut: false,
    })),
    { kind: 'clock', minutes: 10, tool: 'roll-back', ranOut: false, whose: 'gateway' },
    { kind: 'redis', from: 'the second cycle', z: 5 },
  ],
  heavy: wrongProcesses,
  attempt: async (_, given) => {
    switch (given.kind) {
      case 'down':
        return onePlace((place) => isDown(place, given));
      case 'cut':
        return onePlace((place) => isCut(place, given));
      case 'clock':
        return isWrong(given);
      case 'redis':
        return hasNoClaims(given);
      case 'file':
        return isBroken(given);
    }
  },
};

async function onePlace(attempt: (place: Place) => Promise<string | undefined>) {
  const place = await openPlace();
  try {
    return await attempt(place);
  } finally {
    await place.close();
  }
}

interface Place {
  desk: Desk;
  gateway: Gateway;
  line: Line;
  /** The database, by a way of its own. */
  db: Database['db'];
  /** Is asked at each step of a transaction; does nothing until it is set. */
  set(at: (step: string) => Promise<void>): void;
  proposal: Proposal;
  close(): Promise<void>;
}

const named = 'outage';

async function openPlace(): Promise<Place> {
  const database = await openFresh();
  const url = 'connectionString' in database.queue ? database.queue.connectionString : '';
  const line = await openLine(url, 5432);
  const withName = new URL(line.url);
  withName.searchParams.set('application_name', named);
  let at = async (_: string) => {};
  const desk = await openDesk(openWatched(withName.href, (step) => at(step)));
  await rulesAtStart(desk.gateway, { policy, charters: [] });
  const gateway: Gateway = {
    ...desk.gateway,
    refresh: async (tx) => {
      gateway.policy = await policyInForce(tx);
    },
  };
  return {
    desk,
    gateway,
    line,
    db: database.db,
    set: (to) => {
      at = to;
    },
    proposal: deed({ step: 0 }),
    close: async () => {
      await desk.close();
      line.cut();
      await database.close();
    },
  };
}

/** Everything that jobs and people try, up to a moment; what fails is tried again by whoever calls next. */
async function goOn({ desk, gateway, proposal }: Place, upTo?: (typeof moments)[number]) {
  if (upTo === 'before it is proposed') return;
  const id = await propose(gateway, proposal).catch(() => {});
  if (!id || upTo === 'before it is answered') return;
  const asked = await desk.approvals(id).catch(() => []);
  for (const { id: approval } of asked.filter(({ status }) => status === 'open')) {
    for (const person of [onCall, owner])
      await answer(
        { ...gateway, refusals: desk.refusals },
        { approval, person, answer: { kind: 'approve', typed: 'web-1' } },
      ).catch(() => {});
  }
  if (upTo !== 'before it runs') await tryAdvance(gateway, id);
}

async function isDown(place: Place, { what, from, tool: name, ranOut }: Extract<Case, { kind: 'down' }>) {
  const { gateway, proposal } = place;
  proposal.tool = name;
  const broken = Promise.withResolvers<() => Promise<unknown>>();
  let effects = 0;
  const breakIt = async () => broken.resolve(await outages[what](place));
  gateway.tools = gateway.tools.map((one) => ({
    ...one,
    start: async (given: never, key: string) => {
      effects += 1;
      if (from === 'while it runs') await breakIt();
      return one.start(given, key);
    },
  }));
  await goOn(place, from === 'while it runs' ? 'before it runs' : from);
  if (from !== 'while it runs') await breakIt();
  const meanwhile = goOn(place);
  const mend = await broken.promise;
  // Whoever is kept waiting waits until it is mended.
  await (what === 'audit: held by another' ? Promise.race([meanwhile, dawdle(60)]) : meanwhile);
  if (effects !== (from === 'while it runs' ? 1 : 0)) return `It had ${effects} effects meanwhile.`;
  const lapses =
    ranOut && from === 'before it runs' && name !== 'restart' && what !== 'audit: held by another';
  if (lapses) await sql`update approval set expires_at = clock_timestamp()`.execute(place.db);
  await mend();
  await meanwhile;
  return ends(place, lapses ? { status: 'lapsed', times: 0 } : { status: 'done', times: 1 });
}

async function isCut(place: Place, { at, tool: name }: Extract<Case, { kind: 'cut' }>) {
  place.proposal.tool = name;
  place.set(async (step) => {
    if (step !== at) return;
    place.set(async () => {});
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = ${named}`.execute(place.db);
    // It was committed, and nobody got to know.
    if (at.endsWith('committed')) throw new Error('Connection terminated unexpectedly');
  });
  await goOn(place);
  return ends(
    place,
    at === 'run: committed' ? { status: 'indeterminate', times: 0 } : { status: 'done', times: 1 },
  );
}

/** Tried once more by everybody, it ends as it must, and stands in the record so. A sentence when it does not. */
async function ends(place: Place, { status, times }: { status: string; times: number }) {
  const { desk, db } = place;
  for (let again = 0; again < 2; again += 1) await goOn(place);
  const { rows } = await sql<{ id: ActionId }>`select id from action`.execute(db);
  const [found] = rows;
  if (!found || rows.length > 1) return `There are ${rows.length} actions.`;
  const [action, effects] = [await desk.action(found.id), desk.effects(found.id).length];
  if (action.status !== status || effects !== times)
    return `It is ${action.status} after ${effects} effects; wanted was ${status} after ${times}: ${action.output}`;
  const chain = await verify(db);
  return chain.kind === 'broken' ? chain.because : violation(desk, found.id);
}
