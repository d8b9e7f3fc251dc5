// Start: settings, storage, site, app, listen, stop gracefully.

import { startApp } from './app.ts';
import { openNotes } from './audit/notes.ts';
import { verify } from './audit/verify.ts';
import { readEnvFile } from './envfile.ts';
import { openTrial } from './estate/trial.ts';
import { listen } from './listen.ts';
import { Refused, readManifests, readOwn } from './manifests.ts';
import { readSettings, type Settings } from './settings.ts';
import { realSite, type Site } from './site.ts';
import { type Log, openStorage, type Storage } from './storage.ts';

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
  const read = readSettings({ ...file.env, ...process.env });
  if (read.kind === 'refused') throw new Refused(read.because);
  return read.settings;
}

async function openSite(settings: Settings, storage: Storage, log: Log): Promise<Site> {
  if (settings.site.kind === 'real') return realSite(settings, readOwn(settings.manifestsDir));
  const { db } = storage.database;
  const { speed, slackPort } = settings.site;
  return openTrial({
    db,
    notes: openNotes(db, 'trial'),
    folder: settings.dataDir,
    port: slackPort,
    speed,
    now,
    log,
  });
}

async function main(): Promise<void> {
  const settings = settingsOrRefuse();
  const log = logAt(settings.logLevel);
  const manifests = readManifests(settings.manifestsDir);
  const closing: (() => Promise<void>)[] = [];
  stopOnce(log, closing);
  log.info('Roster is starting: the first start on a new data folder takes some seconds longer.');
  const storage = await openStorage(settings, log);
  closing.push(storage.close);
  const site = await openSite(settings, storage, log);
  closing.push(site.close);
  const app = await startApp({ storage, manifests, site, log, now });
  closing.push(app.stop);
  const host = settings.site.kind === 'trial' ? '127.0.0.1' : '0.0.0.0';
  const operator = { '/operator/audit-verify': () => verify(storage.database.db) };
  const { close } = await listen({
    port: settings.port,
    host,
    folder: settings.dataDir,
    troubles: app.troubles,
    operator,
  });
  closing.push(close);
}

/** Stops in the reverse order of the start, once, however often it is asked to; also when the launcher has gone. */
function stopOnce(log: Log, closing: (() => Promise<void>)[]): void {
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    log.info('Roster is stopping.');
    for (const close of closing.reverse())
      await close().catch((error) => log.warn(`While stopping: ${error}`));
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
