// Start: settings, storage, site, app, listen, stop gracefully.

import { type App, startApp } from './app.ts';
import { openNotes } from './audit/notes.ts';
import { rehearsalOf } from './dry-run.ts';
import { readEnvFile } from './envfile.ts';
import { openTrial } from './estate/trial.ts';
import { listen } from './listen.ts';
import { planPast, startPast } from './living.ts';
import { type Manifests, readManifests, readOwn } from './manifests.ts';
import { arguingOf } from './modelled.ts';
import { operatorOf, type Place } from './operator.ts';
import { reviewingOf } from './role-review.ts';
import { readSettings, type Settings } from './settings.ts';
import { realSite, type Site } from './site.ts';
import { type Log, openStorage, type Storage } from './storage.ts';
import { namesIn } from './switches.ts';
import { Refused } from './written.ts';

const levels = ['debug', 'info', 'warn', 'error'] as const;
const now = () => new Date();

function logAt(level: Settings['logLevel']): Log {
  const write = (at: (typeof levels)[number]) => (message: string) => {
    if (levels.indexOf(at) >= levels.indexOf(level))
      console.log(`${now().toISOString()} ${at.padEnd(5)} ${message}`);
  };
  return { info: write('info'), warn: write('warn'), error: write('error') };
}

function settingsOrRefuse(): Settings {
  const file = readEnvFile('.env');
  if (file.kind === 'refused') throw new Refused(file.because);
  const teams = process.argv[2] === 'teams' ? { TRIAL_TEAMS_PORT: '56150' } : {};
  const read = readSettings({ ...teams, ...file.env, ...process.env });
  if (read.kind === 'refused') throw new Refused(read.because);
  return read.settings;
}

async function openSite(settings: Settings, storage: Storage, log: Log): Promise<Site> {
  if (settings.site.kind === 'real') return realSite(settings, readOwn(settings.manifestsDir));
  const { db } = storage.database;
  const { speed, slackPort, teamsPort } = settings.site;
  const endpoint = `http://127.0.0.1:${settings.port}/api/messages`;
  return openTrial({
    db,
    notes: openNotes(db, 'trial'),
    folder: settings.dataDir,
    port: slackPort,
    ...(teamsPort && { teams: { port: teamsPort, endpoint } }),
    speed,
    publicUrl: settings.publicUrl ?? `http://127.0.0.1:${settings.port}`,
    now,
    log,
  });
}

/** What living through a trial's past needs; undefined where there is none, or nothing of it is left to be done. */
async function pastOf(
  { site, dataDir: folder, manifestsDir: manifests }: Settings,
  storage: Storage,
  log: Log,
) {
  if (site.kind === 'real' || !site.past) return undefined;
  const { database, queue } = storage;
  const past = { store: { db: database.db, queue, chain: 'trial' as const }, folder, manifests, now, log };
  return (await planPast(past)) ? past : undefined;
}

interface Running {
  storage?: Storage;
  site?: Site;
  app?: App;
}

function placeOf(settings: Settings, storage: Storage, open: Site | undefined, manifests: Manifests): Place {
  const { site, dataDir: folder, claude, promptsDir } = settings;
  const { charters, prices, runbooks } = manifests;
  const { database, queue, broadcast } = storage;
  const { db } = database;
  const tell = broadcast.publish;
  const board = async () => ({ db, queue, chain: site.kind, tell });
  const rehearsal = () => rehearsalOf(settings, manifests);
  const reviewing = () => reviewingOf(settings, manifests);
  const watched =
    open?.kind === 'trial' ? { url: open.prometheus.url, cycleMs: open.pace.cycleMs } : undefined;
  const arguing = open && arguingOf({ claude, promptsDir, prices, people: open.people, runbooks });
  const switches = { tell, board, known: () => namesIn(charters) };
  return { db, folder, now, switches, watched, rehearsal, reviewing, arguing };
}

/** What was opened, closed in the reverse order, once, however often it is asked for. */
interface Opened {
  push(close: () => Promise<void>): void;
  closeAll(log: Log): Promise<void>;
}

function openedSoFar(): Opened {
  const closing: (() => Promise<void>)[] = [];
  return {
    push: (close) => void closing.push(close),
    closeAll: async (log) => {
      for (let close = closing.pop(); close; close = closing.pop()) {
        await close().catch((error) =>
          log.warn(`While stopping: ${error instanceof Error ? error.message : error}`),
        );
      }
    },
  };
}

async function start(settings: Settings, log: Log, opened: Opened): Promise<void> {
  const manifests = readManifests(settings.manifestsDir);
  const running: Running = {};
  const port = await listen({
    port: settings.port,
    host: settings.site.kind === 'trial' ? '127.0.0.1' : '0.0.0.0',
    troubles: async () => running.app?.troubles() ?? ['Roster is still starting.'],
    doors: () => running.app?.doors,
    operator: operatorOf(
      () => running.storage && placeOf(settings, running.storage, running.site, manifests),
    ),
  });
  opened.push(port.close);
  log.info('Roster is starting; the first start on a new data folder takes some seconds longer.');
  const storage = await openStorage(settings, log);
  running.storage = storage;
  opened.push(storage.close);
  port.announce(settings.dataDir);
  const site = await openSite(settings, storage, log);
  running.site = site;
  opened.push(site.close);
  const { webhookToken, dataDir: folder, claude, promptsDir } = settings;
  const given = { folder, webhookToken, claude, promptsDir };
  const past = await pastOf(settings, storage, log);
  running.app = await startApp({ storage, manifests, site, log, now, ...given });
  opened.push(running.app.stop);
  if (past) opened.push(startPast(past).stop);
}

async function main(): Promise<void> {
  const settings = settingsOrRefuse();
  const log = logAt(settings.logLevel);
  const opened = openedSoFar();
  stopWhenAsked(log, opened);
  await start(settings, log, opened).catch(async (error) => {
    await opened.closeAll(log);
    throw error;
  });
}

/** By a signal, or when the launcher has gone. */
function stopWhenAsked(log: Log, opened: Opened): void {
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    log.info('Roster is stopping.');
    await opened.closeAll(log);
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  process.on('disconnect', stop);
}

main().catch((error) => {
  const because =
    error instanceof Refused ? error.because : [error instanceof Error ? error.message : String(error)];
  for (const sentence of because) console.error(`Roster did not start: ${sentence}`);
  process.exit(2);
});
