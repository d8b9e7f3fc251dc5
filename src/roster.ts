// The operator's command line. With an embedded database it talks to the running app.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type Verified, verify } from './audit/verify.ts';
import { readEnvFile } from './envfile.ts';
import { doorFile } from './listen.ts';
import { openEmbedded } from './postgres/embedded.ts';
import { openPool } from './postgres/pool.ts';
import { readSettings, type Settings } from './settings.ts';

const help = `Usage: npm run roster -- <verb> [--json]

  audit verify    re-hash every audit entry and follow every link

Exit codes: 0 all is well, 1 something was found, 2 used wrongly or not to be had.`;

const door = z.object({ url: z.url(), token: z.string() });
const verified = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('intact'), entries: z.number(), because: z.string() }),
  z.object({ kind: z.literal('broken'), seq: z.string(), because: z.string() }),
]);

async function run(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help) return say(help, 0);
  if (positionals.join(' ') !== 'audit verify') return say(help, 2);
  const found = await verifyAudit(settings());
  say(values.json ? JSON.stringify(found) : found.because, 0);
  return found.kind === 'intact' ? 0 : 1;
}

function say(text: string, code: number): number {
  console.log(text);
  return code;
}

function settings(): Settings {
  const file = readEnvFile('.env');
  const read = file.kind === 'env' ? readSettings({ ...file.env, ...process.env }) : file;
  if (read.kind === 'refused') throw new Error(read.because.join('\n'));
  return read.settings;
}

async function verifyAudit({ databaseUrl, dataDir }: Settings): Promise<Verified> {
  if (!databaseUrl && existsSync(doorFile(dataDir))) {
    const running = await askRunning(dataDir);
    if (running) return running;
  }
  const folder = join(dataDir, 'postgres');
  if (!databaseUrl && !existsSync(folder))
    throw new Error(`There is no data folder ${folder}: run npm start first, or set DATABASE_URL.`);
  const database = databaseUrl ? openPool(databaseUrl, 1) : await openEmbedded(folder);
  return verify(database.db).finally(database.close);
}

/** Undefined when the app that left its door file no longer answers. */
async function askRunning(dataDir: string): Promise<Verified | undefined> {
  const { url, token } = door.parse(JSON.parse(readFileSync(doorFile(dataDir), 'utf8')));
  const asked = fetch(`${url}/operator/audit-verify`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  const answer = await asked.catch(() => undefined);
  return answer?.ok ? verified.parse(await answer.json()) : undefined;
}

run().then(
  (code) => process.exit(code),
  (error) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(2);
  },
);
