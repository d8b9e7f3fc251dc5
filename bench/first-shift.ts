// The first shift, timed: from a signal to its thread, and from a click on Approve to the outcome and the card.
// Not under load: signals and clicks come one after the other, each when the last has come to rest.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { startApp } from '../src/app.ts';
import { openNotes } from '../src/audit/notes.ts';
import { type Estate, openEstate } from '../src/estate/estate.ts';
import { project } from '../src/estate/jira.ts';
import { openWorkspace, type Workspace } from '../src/estate/workspace.ts';
import type { PersonId, WorkerId } from '../src/ids.ts';
import type { Watching } from '../src/monitoring/cycle.ts';
import { raiseAll } from '../src/monitoring/raise.ts';
import { type JiraWishes, wishesSchema } from '../src/records/wishes.ts';
import type { Site } from '../src/site.ts';
import { openStorage, type Storage } from '../src/storage.ts';
import { openPrometheus } from '../src/systems/prometheus/read.ts';
import { findingOf, monitorOver } from '../test/monitoring/outside.ts';
import { bareClicks } from './bare-click.ts';
import { type Bench, latency, percentile } from './measure.ts';
import { openPlant, type Plant } from './plant.ts';
import { manifests, markTool } from './shift-manifests.ts';
import { type Call, press, type Tap, tapSlack } from './wire.ts';

const count = 50;
const restMs = 250;
const onCall = 'U01ONCALL';
const channels = { ops: 'C01OPS', approvals: 'C01APPROVALS', leadership: 'C01LEADERSHIP' };
const log = { info: () => {}, warn: console.error, error: console.error };
const now = () => new Date();
const wishes = wishesSchema.parse({ jira: { project } });

export const firstShift: Bench = async ({ say, afterwards }) => {
  const folder = mkdtempSync(join(tmpdir(), 'roster-bench-'));
  afterwards(() => rmSync(folder, { recursive: true, force: true }));
  const tap = tapSlack();
  afterwards(tap.close);
  const workspace = await openSlack(folder);
  afterwards(workspace.close);
  const bare = await bareClicks({ workspace, tap, count, channel: channels.leadership, user: onCall });
  say(`first-shift: ${count} bare clicks done.`);
  const plant = await openPlant(count);
  afterwards(plant.close);
  const storage = await openStorage(
    { databaseUrl: undefined, migrationDatabaseUrl: undefined, redisUrl: undefined, dataDir: folder },
    log,
  );
  afterwards(storage.close);
  // Every change is recorded in ServiceNow and Jira, as in the trial; the company itself is not watched.
  const token = 'let-me-in';
  const estate = await openEstate({ db: storage.database.db, now, speed: 1, token });
  afterwards(estate.close);
  const site = siteOf(plant, workspace, estate);
  const app = await startApp({ storage, manifests, site, folder, log, now, tools: [markTool(plant)] });
  afterwards(app.stop);
  await tap.quiet(1_000);

  const raised = await raiser(storage, plant);
  const threads: number[] = [];
  const asked: Call[] = [];
  for (const service of plant.services) {
    const { ms, question } = await signalToThread(service, { plant, raised, tap });
    threads.push(ms);
    asked.push(question);
    await tap.quiet(restMs);
  }
  say(`first-shift: ${count} signals done.`);
  const ended = await tellEnds(storage);
  const clicks: Clicked[] = [];
  for (const question of asked) {
    clicks.push(await clickApprove(question, { workspace, ended, tap }));
    await tap.quiet(restMs);
  }
  say(`first-shift: ${count} clicks done.`);
  return figures({ threads, clicks, bare });
};

function figures({ threads, clicks, bare }: { threads: number[]; clicks: Clicked[]; bare: number[] }) {
  const cards = clicks.map(({ card }) => card);
  const [ours, theirs] = [percentile(cards, 0.95), percentile(bare, 0.95)];
  return [
    ...latency('signal_to_thread_ms', threads, 3_000),
    ...latency(
      'click_to_executed_ms',
      clicks.map(({ executed }) => executed),
      150,
    ),
    ...latency('click_to_card_ms', cards, 150),
    ...latency(
      'click_to_outcome_card_ms',
      clicks.map(({ outcome }) => outcome),
    ),
    ...latency('bare_click_to_card_ms', bare),
    {
      metric: 'click_to_card_over_bare',
      value: ours / theirs,
      unit: 'times',
      against: `bare door and sender ${theirs.toFixed(1)} ms`,
      ratio: ours / theirs,
    },
  ];
}

async function openSlack(folder: string): Promise<Workspace> {
  const people = [
    { id: 'oncall', account: onCall, name: 'oncall', realName: 'Robin Oncall', email: 'o@b.example' },
  ];
  const rooms = Object.entries(channels).map(([name, id]) => ({ id, name, members: [onCall] }));
  const opened = await openWorkspace({
    folder: join(folder, 'slack'),
    port: 0,
    people,
    channels: rooms,
    log,
  });
  if (opened.kind === 'refused') throw new Error(opened.because);
  return opened;
}

function siteOf(plant: Plant, { botToken, appToken, apiUrl }: Workspace, estate: Estate): Site {
  const { ops, approvals, leadership } = channels;
  return {
    kind: 'trial',
    slack: { botToken, mode: { kind: 'socket', appToken }, apiUrl },
    prometheus: { url: plant.prometheusUrl },
    loki: { url: plant.lokiUrl },
    awx: undefined,
    keepers: {
      servicenow: { access: estate.serviceNow, wishes: wishes.servicenow },
      jira: { access: estate.jira, wishes: wishes.jira as JiraWishes },
    },
    people: [
      { id: 'p-oncall' as PersonId, name: 'Robin Oncall', roles: ['on-call'], accounts: [`slack:${onCall}`] },
    ],
    places: {
      ops: [`slack:${ops}`],
      approvals: [`slack:${approvals}`],
      leadership: [`slack:${leadership}`],
    },
    inventory: plant.inventory,
    // The app's own cycles and looks are an hour apart: only what is measured goes on.
    pace: { cycleMs: 3_600_000, verifyMs: 3_600_000, lookAgainMs: 500, fileMs: 432_000_000 },
    commands: [],
    ready: () => {},
    close: async () => {},
  };
}

/** The next time an action's outcome is committed: the database itself tells, at the end of the transaction. */
async function tellEnds({ database }: Storage): Promise<() => Promise<number>> {
  const { db, queue } = database;
  if (!('db' in queue) || !queue.db.listen) throw new Error('This bench needs the embedded database.');
  let heard = (_at: number) => {};
  await queue.db.listen(
    'action_ended',
    () => heard(performance.now()),
    () => {},
  );
  await sql`create function tell_end() returns trigger language plpgsql as $$
    begin perform pg_notify('action_ended', new.id); return new; end $$`.execute(db);
  await sql`create trigger tell_end after update on action for each row
    when (old.ended_at is null and new.ended_at is not null) execute function tell_end()`.execute(db);
  return () =>
    new Promise((resolve) => {
      heard = resolve;
    });
}

/** Raises a signal on a service as a monitoring cycle does. */
async function raiser({ database, queue, claims }: Storage, { prometheusUrl, inventory }: Plant) {
  const { metrics } = manifests;
  const store = { db: database.db, queue, chain: 'trial' as const };
  const monitor = await monitorOver(openPrometheus({ url: prometheusUrl }), metrics, 5_000, now());
  const by = { worker: 'ada' as WorkerId, charter: 'ada@1' };
  const watching: Watching = {
    store,
    notes: openNotes(store.db, store.chain),
    claims,
    monitor,
    inventory,
    routing: { ops: [], teams: {} },
    by,
  };
  return async (service: string) => {
    const { readings } = await monitor.scrape(now());
    const reading = readings.find(({ subject }) => subject === service);
    if (!reading) throw new Error(`There is no reading of ${service}.`);
    await raiseAll(watching, [findingOf(reading)], now());
    return performance.now();
  };
}

interface Shift {
  plant: Plant;
  raised(service: string): Promise<number>;
  tap: Tap;
}

async function signalToThread(service: string, { plant, raised, tap }: Shift) {
  plant.fail(service);
  const begun = performance.now();
  const parent = tap.call(`the thread of ${service}`, begun, ({ method, thread, channel, blocks }) => {
    return (
      method === 'chat.postMessage' && channel === channels.ops && !thread && blocks.includes(`${service}:`)
    );
  });
  const question = tap.call(`the question about ${service}`, begun, ({ method, channel, blocks }) => {
    return method === 'chat.postMessage' && channel === channels.approvals && blocks.includes(service);
  });
  const committed = await raised(service);
  const ms = (await parent).at - committed;
  return { ms, question: await question };
}

interface Clicked {
  executed: number;
  card: number;
  outcome: number;
}

async function clickApprove(
  question: Call,
  { workspace, ended, tap }: { workspace: Workspace; ended(): Promise<number>; tap: Tap },
): Promise<Clicked> {
  const edited = (words: string) => (call: Call) =>
    call.method === 'chat.update' && call.ts === question.ts && call.blocks.includes(words);
  const executed = ended();
  const begun = performance.now();
  const card = tap.call('the decision on the card', begun, edited('*Approved*'));
  const outcome = tap.call('the outcome on the card', begun, edited('Done: '));
  await press(workspace.url, onCall, question, 'Approve');
  return {
    executed: (await executed) - begun,
    card: (await card).at - begun,
    outcome: (await outcome).at - begun,
  };
}
