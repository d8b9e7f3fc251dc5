import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Entry } from '../../src/audit/entry.ts';
import { openNotes } from '../../src/audit/notes.ts';
import { verify } from '../../src/audit/verify.ts';
import { type Database, transact } from '../../src/postgres/database.ts';
import { databases } from '../databases.ts';

const cycle = (n: number): Entry => ({ kind: 'scrape.cycle', by: { roster: 'test' }, facts: { n } });

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`notes on ${name}`, () => {
    let database: Database;
    beforeAll(async () => {
      database = await open();
    });
    afterAll(() => database?.close());

    async function noted(): Promise<{ n: number; tx: string }[]> {
      const { rows } = await sql<{
        n: number;
        tx: string;
      }>`select (text::jsonb #>> '{entry,facts,n}')::int as n,
        xmin::text as tx from audit order by seq`.execute(database.db);
      return rows;
    }

    test('many at once are all kept, in their order, in few transactions', async () => {
      const notes = openNotes(database.db, 'trial');
      await Promise.all(Array.from({ length: 200 }, (_, n) => notes.note(cycle(n))));
      const found = await noted();
      expect(found.map(({ n }) => n)).toEqual(Array.from({ length: 200 }, (_, n) => n));
      expect(new Set(found.map(({ tx }) => tx)).size).toBeLessThan(10);
      expect(await verify(database.db)).toMatchObject({ kind: 'intact', entries: 200 });
    });

    test('a note is committed before it resolves', async () => {
      await openNotes(database.db, 'trial').note(cycle(1_000));
      expect((await noted()).at(-1)?.n).toBe(1_000);
    });

    test('one with half a character in it does not cost the others theirs', async () => {
      const notes = openNotes(database.db, 'trial');
      const odd: Entry = { ...cycle(2_001), because: ['cut in the middle: \uD83D'] };
      await Promise.all([notes.note(cycle(2_000)), notes.note(odd), notes.note(cycle(2_002))]);
      expect((await noted()).slice(-3).map(({ n }) => n)).toEqual([2_000, 2_001, 2_002]);
    });

    test('notes and transactions at the same time do not wait for each other in a circle', async () => {
      const notes = openNotes(database.db, 'trial');
      const before = (await noted()).length;
      const work = Array.from({ length: 40 }, async (_, n) => {
        if (n % 2) return notes.note(cycle(n));
        return transact(database.db, async (tx) => {
          await sql`select 1`.execute(tx);
        });
      });
      await Promise.all(work);
      expect(await noted()).toHaveLength(before + 20);
    });

    test('what the database refuses is refused to the caller, and the next one is kept', async () => {
      const notes = openNotes(database.db, 'trial');
      await sql`alter function audit_append(text, text[]) rename to audit_append_away`.execute(database.db);
      const both = await Promise.allSettled([notes.note(cycle(1)), notes.note(cycle(2))]);
      await sql`alter function audit_append_away(text, text[]) rename to audit_append`.execute(database.db);
      expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      await notes.note(cycle(3_000));
      expect((await noted()).at(-1)?.n).toBe(3_000);
    });
  });
}

test('a database that is gone refuses the note', async () => {
  const database = await databases[0]?.open();
  await database?.close();
  if (database) await expect(openNotes(database.db, 'trial').note(cycle(1))).rejects.toThrow('destroyed');
});
