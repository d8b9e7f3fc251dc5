// How the command line reaches what it asks about: the running app, or the database itself.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { rehearsalOf } from './dry-run.ts';
import { doorFile } from './listen.ts';
import { readManifests, readOwn } from './manifests.ts';
import { arguingOf } from './modelled.ts';
import { type Answer, operatorOf, type Place } from './operator.ts';
import { openEmbedded } from './postgres/embedded.ts';
import { openPool } from './postgres/pool.ts';
import { reviewingOf } from './role-review.ts';
import type { Settings } from './settings.ts';
import { namesIn, switchesOf } from './switches.ts';

export type Ask = (path: string, body: unknown) => Promise<Answer>;
type Where = Pick<
  Settings,
  'databaseUrl' | 'dataDir' | 'redisUrl' | 'site' | 'manifestsDir' | 'claude' | 'promptsDir' | 'awx'
>;
type Data = Pick<Where, 'databaseUrl' | 'dataDir'>;

const door = z.object({ url: z.url(), token: z.string() });
const refused = z.object({ error: z.string() });

/**
 * Asks one question and gives its answer to `use`: with an embedded database the running app if it answers, else
 * the database opened here and closed afterwards. Throws one sentence when neither is to be had.
 */
export async function reach<T>(
  where: Where,
  [path, body]: Parameters<Ask>,
  use: (answer: Answer) => Promise<T>,
) {
  const running = await askRunning(where, path, body);
  if (running) return use(running);
  const database = await openHere(where);
  const switches = switchesOf(where, database, () => namesIn(readManifests(where.manifestsDir).charters));
  const place = {
    db: database.db,
    folder: where.dataDir,
    now: () => new Date(),
    switches,
    arguing: arguingAt(where),
    rehearsal: () => rehearsalOf(where, readManifests(where.manifestsDir)),
    reviewing: () => reviewingOf(where, readManifests(where.manifestsDir)),
  };
  try {
    const asked = operatorOf(() => place)[path];
    if (!asked) throw new Error(`Nobody answers ${path}.`);
    return await use(await asked(body));
  } finally {
    await switches.close();
    await database.close();
  }
}

/** Read when it is asked for: most questions need neither manifests nor prompts. */
function arguingAt({ claude, promptsDir, manifestsDir, site }: Where): NonNullable<Place['arguing']> {
  return (store) => {
    const { prices, runbooks } = readManifests(manifestsDir);
    const people = site.kind === 'real' ? readOwn(manifestsDir).people : [];
    return arguingOf({ claude, promptsDir, prices, people, runbooks })(store);
  };
}

async function openHere({ databaseUrl, dataDir }: Data) {
  if (databaseUrl) return openPool(databaseUrl, 2);
  const folder = join(dataDir, 'postgres');
  if (!existsSync(folder))
    throw new Error(`There is no data folder ${folder}: run npm start first, or set DATABASE_URL.`);
  return openEmbedded(folder);
}

/** Undefined when there is no embedded database, or the app that left its door file no longer answers. */
async function askRunning({ databaseUrl, dataDir }: Data, path: string, body: unknown) {
  if (databaseUrl || !existsSync(doorFile(dataDir))) return undefined;
  const { url, token } = door.parse(JSON.parse(readFileSync(doorFile(dataDir), 'utf8')));
  const asked = fetch(`${url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const response = await asked.catch(() => undefined);
  return response && answerOf(response);
}

async function answerOf(response: Response): Promise<Answer | undefined> {
  const isJson = response.headers.get('content-type')?.startsWith('application/json');
  if (response.ok && response.body && !isJson)
    return { kind: 'text', text: response.body.pipeThrough(new TextDecoderStream()) };
  if (!isJson) return undefined;
  const said = await response.json();
  if (response.ok) return { kind: 'json', value: said };
  const { error } = refused.parse(said);
  // Another program may have taken the port since.
  if (response.status === 401 || response.status === 404) return undefined;
  if (response.status === 400) return { kind: 'wrong', because: error };
  throw new Error(error);
}
