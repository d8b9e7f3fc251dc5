// Three days of the trial's company, lived through by the product itself, and taken in by a running site's database.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { genesis } from '../../../src/audit/link.ts';
import { recordPast } from '../../../src/audit/record.ts';
import { verify } from '../../../src/audit/verify.ts';
import { linesOf } from '../../../src/estate/past/hand-over.ts';
import type { Line } from '../../../src/estate/past/lines.ts';
import { numbersOfPast, pastProgress, reservePast } from '../../../src/estate/past/progress.ts';
import { leftOut, taken } from '../../../src/estate/past/tables.ts';
import { takeIn } from '../../../src/estate/past/take-in.ts';
import { openSimulation, type Simulation } from '../../../src/jobs/simulation.ts';
import { livePast } from '../../../src/past.ts';
import { type Database, type Db, transact } from '../../../src/postgres/database.ts';
import { databases } from '../../databases.ts';

const seed = 20_261_122;
const days = 3;
const to = Date.UTC(2026, 10, 20, 3);
const from = to - days * 86_400_000;

let simulation: Simulation;
let lines: Line[];
const told: number[] = [];
const folder = mkdtempSync(join(tmpdir(), 'roster-past-'));
const file = join(folder, 'past.jsonl');
beforeAll(async () => {
  simulation = await openSimulation(new Date(from - 60_000));
  const past = { seed, from, to, times: 8, manifests: 'manifests' };
  await livePast(simulation, past, (day) => told.push(day));
  lines = await Array.fromAsync(linesOf(simulation.database.db, '2026-11-20'));
}, 300_000);
afterAll(async () => {
  await simulation?.close();
  rmSync(folder, { recursive: true, force: true });
});

const count = async (db: Db, table: string) => {
  const { rows } = await sql<{ n: number }>`select count(*)::integer as n from ${sql.table(table)}`.execute(
    db,
  );
  return rows[0]?.n ?? 0;
};

test('it is told day by day', () => expect(told).toEqual([1, 2, 3]));

test('all is over, and nothing waits', async () => {
  const { db } = simulation.database;
  const { rows } = await sql<{ open: number }>`select (select count(*) from incident where ended_at is null)
      + (select count(*) from signal where recovered_at is null and kind <> 'alert')
      + (select count(*) from approval where status = 'open')
      + (select count(*) from action where ended_at is null and status <> 'withdrawn')
      + (select count(*) from handoff where accepted_at is null and refused is null)
      + (select count(*) from held_signal where list is null)
      + (select count(*) from post_mortem where filed_at is null) as open`.execute(db);
  expect(Number(rows[0]?.open)).toBe(0);
});

test('the product did what it does, and people what people do', async () => {
  const { db } = simulation.database;
  const { rows } = await sql<{ kind: string }>`select distinct text::jsonb #>> '{entry,kind}' as kind
      from audit`.execute(db);
  const kinds = rows.map(({ kind }) => kind);
  for (const kind of [
    ...['signal.raised', 'diagnosis.made', 'incident.routed', 'handoff.accepted', 'action.ended'],
    ...['approval.answered', 'approval.escalated', 'incident.verified', 'incident.ended', 'incident.taken'],
    ...['post-mortem.drafted', 'post-mortem.filed', 'step.graded', 'standup.told'],
  ])
    expect(kinds).toContain(kind);
  for (const table of [
    'incident',
    'action',
    'approval_answer',
    'outcome',
    'post_mortem',
    'past_incident',
    'shown',
  ])
    expect(await count(db, table), table).toBeGreaterThan(0);
});

test('every table with rows is taken in, or named with why it is not', async () => {
  const { db } = simulation.database;
  const { rows } = await sql<{ name: string }>`select tablename as name from pg_tables
      where schemaname = 'public'`.execute(db);
  const known = [...taken.map(({ table }) => table), ...Object.keys(leftOut)];
  expect(rows.map(({ name }) => name).sort()).toEqual(known.sort());
});

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`is taken in by ${name}`, () => {
    let live: Database;
    beforeAll(async () => {
      live = await open();
    }, 60_000);
    afterAll(() => live?.close());
    const take = (signal = new AbortController().signal) =>
      takeIn({ db: live.db, site: 'trial', file, restMs: 0, signal });

    test('after a crash it goes on, and nothing is there twice', async () => {
      expect(await pastProgress(live.db)).toEqual({ kind: 'none' });
      const now = new Date(to + 600_000);
      expect(await reservePast(live.db, { seed, days, now })).toMatchObject({ state: 'waiting', taken: 0 });
      expect(await pastProgress(live.db)).toEqual({ kind: 'living', day: 0, of: days });
      const text = (some: Line[]) => some.map((line) => `${JSON.stringify(line)}\n`).join('');
      // What is after the cut is nothing that can be taken in.
      writeFileSync(file, `${text(lines.slice(0, 5))}{"kind":"rows"`);
      await expect(take()).rejects.toThrow();
      expect(await pastProgress(live.db)).toMatchObject({ kind: 'living' });
      writeFileSync(file, text(lines));
      expect(await take()).toBe('done');
      expect(await pastProgress(live.db)).toEqual({ kind: 'done', from: new Date(from), to: new Date(to) });
      for (const { table } of taken.filter((one) => one.table !== 'budget_used'))
        expect(await count(live.db, table), table).toBe(await count(simulation.database.db, table));
      expect(await reservePast(live.db, { seed, days, now })).toBeUndefined();
    }, 60_000);

    test('rows are what they were', async () => {
      const all = (db: Db) => sql`select to_jsonb(one) as row from incident one order by id`.execute(db);
      expect((await all(live.db)).rows).toEqual((await all(simulation.database.db)).rows);
      const log = (db: Db) =>
        sql`select incident, kind, facts, at, worker from incident_entry order by id`.execute(db);
      expect((await log(live.db)).rows).toEqual((await log(simulation.database.db)).rows);
    });

    test('numbers of incidents go on after those that are reserved', async () => {
      const { rows } = await sql<{ next: string }>`select nextval('incident_number') as next`.execute(
        live.db,
      );
      expect(Number(rows[0]?.next)).toBe(numbersOfPast + 1);
    });

    test('its audit is a chain of its own that says when it was lived, and it verifies', async () => {
      expect(await verify(live.db)).toMatchObject({ kind: 'intact' });
      const { rows } = await sql<{ chain: string; previous: Buffer; lived: string }>`select chain, previous,
          text::jsonb #>> '{entry,lived}' as lived from audit order by seq`.execute(live.db);
      expect(rows).toHaveLength(await count(simulation.database.db, 'audit'));
      expect(new Set(rows.map(({ chain }) => chain))).toEqual(new Set(['trial-past']));
      expect(Buffer.compare(rows[0]?.previous as Buffer, genesis('trial-past'))).toBe(0);
      const times = rows.map(({ lived }) => Date.parse(lived));
      expect(times.every((at, nth) => at >= from - 60_000 && at <= to && at >= (times[nth - 1] ?? 0))).toBe(
        true,
      );
    });

    test('nothing is due because of it, and its failures open no breaker', async () => {
      const { rows } = await sql<{
        there: boolean;
      }>`select to_regclass('pgboss.job') is not null as there`.execute(live.db);
      expect(rows[0]?.there).toBe(false);
      const open = await sql`select from action where ended_at > (select reset_at from breaker_reset
          where breaker_reset.worker = action.worker and breaker_reset.tool = action.tool)`.execute(live.db);
      expect(open.rows).toEqual([]);
    });

    test('a real site takes none in', async () => {
      const lived = [{ at: new Date(from).toISOString(), entry: { kind: 'app.started' } }];
      await expect(
        takeIn({ db: live.db, site: 'real', file, restMs: 0, signal: AbortSignal.abort() }),
      ).rejects.toThrow('A real site has no made-up past.');
      await expect(transact(live.db, (tx) => recordPast(tx, 'real', lived, []))).rejects.toThrow('real site');
      await transact(live.db, (tx) =>
        sql`select audit_append('real', array['{"kind":"app.started"}'])`.execute(tx),
      );
      await expect(transact(live.db, (tx) => recordPast(tx, 'trial', lived, []))).rejects.toThrow(
        'The audit of a real site takes no made-up past.',
      );
    });

    test('a folder where incidents were opened before gets none', async () => {
      const other = await open();
      await sql`select nextval('incident_number')`.execute(other.db);
      expect(await reservePast(other.db, { seed, days, now: new Date() })).toBeUndefined();
      expect(await pastProgress(other.db)).toEqual({ kind: 'none' });
      await other.close();
    }, 60_000);
  });
}
