// The app: everything wired, connected and at work; the timetable.
import { randomUUID } from 'node:crypto';
import { type Charter, versionOf } from './charter/charter.ts';
import { watchedClosely } from './closely.ts';
import { save } from './jobs/save.ts';
import type { Door } from './listen.ts';
import { startWatch } from './monitoring/watch.ts';
import { restoreWorkspace } from './restored.ts';
import { type Parts, type Wired, wire } from './wired.ts';
import { startWitness } from './witnessed.ts';

export interface App {
  /** Names what is down; empty when able to work. */
  troubles(): Promise<string[]>;
  /** What the one port lets in, by path. */
  doors: Record<string, Door>;
  stop(): Promise<void>;
}

/** Wires everything, connects to chat and starts working. Throws one sentence when something is missing. */
export async function startApp(parts: Parts): Promise<App> {
  const { storage, site, log, now } = parts;
  const wired = await wire(parts);
  const { doors, handlers, watching, drawing, charter, team, notes, refusals, responder } = wired;
  await notes.note({
    kind: 'app.started',
    by: { roster: 'app' },
    facts: {
      site: site.kind,
      charter: team.workers().map(versionOf).join(', '),
      database: storage.database.kind,
    },
  });
  await restoreWorkspace(wired);
  const { timezone } = charter.cadence.standup;
  await storage.queue.work(handlers, [
    // Looked for, not timed: hours may come or end while nobody is at work, or be written anew.
    { cron: '* * * * *', timezone, job: { name: 'tell-standup' } },
    { cron: '* * * * *', timezone, job: { name: 'tell-held' } },
    { cron: '* * * * *', timezone, job: { name: 'tell-digest' } },
    { cron: '* * * * *', timezone, job: { name: 'tell-habits' } },
    { cron: '* * * * *', timezone, job: { name: 'tell-reviews' } },
    { cron: '* * * * *', timezone, job: { name: 'tell-stakeholders' } },
    { cron: '* * * * *', timezone, job: { name: 'tend-handoffs' } },
    { cron: '* * * * *', timezone, job: { name: 'tend-post-mortems' } },
    { cron: '20 3 * * *', timezone, job: { name: 'learn-precursors' } },
  ]);
  // What was learnt before is in force already; it is learnt anew when that was long ago. A stand-up may be late.
  await save(wired.store, async () => ({
    result: undefined,
    entries: [],
    jobs: [{ name: 'learn-precursors' }, { name: 'tell-standup' }],
  }));
  await wired.records?.tryAgain();
  await doors.start();
  const watch = startWatch(watching, {
    ...{ now, process: randomUUID(), log },
    closely: (at) => watchedClosely(wired, at),
  });
  const witness = startWitness({ store: wired.store, folder: parts.folder, now, log });
  log.info(
    `${charter.name} is on shift${withOthers(team.workers(), charter)}: ${site.inventory.services.length} services, ${site.inventory.servers.length} servers, a cycle every ${responder.monitor.cycleMs / 1_000} s.`,
  );
  const { opinion } = responder;
  log.info(
    opinion
      ? `Causes are found by rule at once, then argued with ${opinion.models.names.frontier}.`
      : 'Causes are found by rule, no model: ANTHROPIC_API_KEY is not set.',
  );
  if (!site.publicUrl)
    log.warn(
      'Without PUBLIC_URL no chat can fetch pictures: Slack is given them as files, cards in Teams say in words what they would show.',
    );
  site.ready();
  return {
    troubles: () => troublesOf(wired),
    doors: doors.paths,
    stop: async () => {
      await watch.stop();
      await witness.stop();
      await doors.stop();
      await refusals.stop();
      await storage.queue.stop();
      await wired.records?.stop();
      await drawing.close();
    },
  };
}

function withOthers(workers: Charter[], { worker }: Charter): string {
  const names = workers.filter((one) => one.worker !== worker).map(({ name }) => name);
  return names.length > 0 ? ` with ${names.join(', ')}` : '';
}

async function troublesOf({ store }: Pick<Wired, 'store'>): Promise<string[]> {
  try {
    await store.db.selectNoFrom((expression) => expression.val(1).as('one')).execute();
    return [];
  } catch (error) {
    return [`The database does not answer: ${error instanceof Error ? error.message : error}`];
  }
}
