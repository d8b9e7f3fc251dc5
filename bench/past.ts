// The trial's past: how long living through it and taking it in lasts, and what it leaves.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { verify } from '../src/audit/verify.ts';
import { reservePast } from '../src/estate/past/progress.ts';
import { taken } from '../src/estate/past/tables.ts';
import { takeIn } from '../src/estate/past/take-in.ts';
import { days, seed as shipped, times } from '../src/living.ts';
import { writtenPast } from '../src/past.ts';
import { embeddedOn, startEmbedded } from '../src/postgres/embedded.ts';
import { migrate } from '../src/postgres/migrate.ts';
import type { Bench } from './measure.ts';

const free = { against: null, ratio: null };

export const past: Bench = async ({ seed = shipped, say, afterwards }) => {
  const folder = mkdtempSync(join(tmpdir(), 'roster-past-'));
  afterwards(() => rmSync(folder, { recursive: true, force: true }));
  const live = embeddedOn(await startEmbedded());
  afterwards(live.close);
  await migrate(live.db);
  const planned = await reservePast(live.db, { seed, days, now: new Date() });
  if (!planned) throw new Error('A new database has no past before it.');
  const [from, to] = [planned.begins.getTime(), planned.ends.getTime()];
  const begun = performance.now();
  const lines: string[] = [];
  const onDay = (day: number) => say(`past: day ${day} of ${days}, ${seconds(begun)} s.`);
  for await (const line of writtenPast({ seed, from, to, times, manifests: 'manifests' }, onDay))
    lines.push(line);
  const lived = seconds(begun);
  const file = join(folder, 'past.jsonl');
  writeFileSync(file, lines.join(''));
  const taking = performance.now();
  const signal = new AbortController().signal;
  await takeIn({ db: live.db, site: 'trial', file, restMs: 0, signal });
  const took = seconds(taking);
  const checked = await verify(live.db);
  say(`past: ${checked.because}`);
  const { rows: wrong } = await sql<{ class: string }>`select class from outcome where not "right"`.execute(
    live.db,
  );
  say(`past: counted as wrong: ${wrong.map((one) => one.class).join(', ')}.`);
  const rows = [];
  for (const { table } of taken) {
    const { rows: found } = await sql<{
      n: number;
    }>`select count(*)::integer as n from ${sql.table(table)}`.execute(live.db);
    if (found[0]?.n) rows.push({ metric: `rows_${table}`, value: found[0].n, unit: 'rows', ...free });
  }
  return [
    { metric: 'lived', value: lived, unit: 's', against: 'bar 90 s', ratio: lived / 90 },
    { metric: 'taken_in', value: took, unit: 's', ...free },
    { metric: 'lines', value: lines.length, unit: 'transactions', ...free },
    { metric: 'bytes', value: lines.reduce((sum, one) => sum + one.length, 0), unit: 'bytes', ...free },
    {
      metric: 'entries',
      value: checked.kind === 'intact' ? checked.entries : Number.NaN,
      unit: 'entries',
      ...free,
    },
    ...rows,
  ];
};

function seconds(since: number): number {
  return Math.round((performance.now() - since) / 100) / 10;
}
