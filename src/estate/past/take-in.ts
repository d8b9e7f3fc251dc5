import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { type Chain, recordPast } from '../../audit/record.ts';
import { type Db, type Tx, transact } from '../../postgres/database.ts';
import { type Line, lineSchema } from './lines.ts';
import { addRows, closeBreakers, countLine, load, setState } from './store.ts';
import { taken } from './tables.ts';

interface Taking {
  db: Db;
  site: Chain;
  /** What was handed over, a line each of what is taken in together. */
  file: string;
  /** Between two lines, so that whoever else works here goes first. */
  restMs: number;
  signal: AbortSignal;
}

/**
 * Takes a past in, a small transaction a line, and removes the file. Cut off anywhere, the next call goes on after the
 * last line that was committed. Throws on a real site, and when the file is not what was handed over.
 */
export async function takeIn({ db, site, file, restMs, signal }: Taking): Promise<'done' | 'stopped'> {
  if (site === 'real') throw new Error('A real site has no made-up past.');
  const found = await load(db);
  if (!found) throw new Error('No past was planned here.');
  await setState(db, 'taking-in');
  let nth = 0;
  const lines = createInterface({ input: createReadStream(file) });
  for await (const text of lines) {
    if (signal.aborted) return 'stopped';
    nth += 1;
    if (nth <= found.taken) continue;
    const line = lineSchema.parse(JSON.parse(text));
    const isOurs = await transact(db, async (tx) => {
      if (!(await countLine(tx, nth - 1))) return false;
      await put(tx, site, line);
      return true;
    });
    if (!isOurs) return 'stopped';
    await wait(restMs);
  }
  await transact(db, async (tx) => {
    await closeBreakers(tx, found.ends);
    await setState(tx, 'done');
  });
  await rm(file, { force: true });
  return 'done';
}

async function put(tx: Tx, site: Chain, line: Line): Promise<void> {
  if (line.kind === 'audit') return recordPast(tx, site, line.entries, line.words);
  if (!taken.some(({ table }) => table === line.table))
    throw new Error(`Rows of ${line.table} are none of a past.`);
  await addRows(tx, line.table, line.rows);
}
