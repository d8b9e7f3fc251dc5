import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Entry } from '../../src/audit/entry.ts';
import { record } from '../../src/audit/record.ts';
import { verify } from '../../src/audit/verify.ts';
import type { IncidentId, PersonId, WorkerId } from '../../src/ids.ts';
import { type Database, transact } from '../../src/postgres/database.ts';
import { openPool } from '../../src/postgres/pool.ts';
import { databases } from '../databases.ts';

const ada = { worker: 'ada' as WorkerId, charter: 'ada@1' };
const numbered = (n: number): Entry => ({ kind: 'scrape.cycle', by: { roster: 'test' }, facts: { n } });

interface Row {
  seq: number;
  chain: string;
  text: string;
  previous: Buffer;
  hash: Buffer;
}

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`the audit on ${name}`, () => {
    let database: Database;
    beforeAll(async () => {
      database = await open();
    });
    afterAll(() => database?.close());

    const note = (...entries: Entry[]) => transact(database.db, (tx) => record(tx, 'trial', entries));
    const count = async () => Number((await rows()).length);
    async function rows(): Promise<Row[]> {
      const found =
        await sql<Row>`select seq::int, chain, text, previous, hash from audit order by seq`.execute(
          database.db,
        );
      return found.rows.map((row) => ({
        ...row,
        previous: Buffer.from(row.previous),
        hash: Buffer.from(row.hash),
      }));
    }
    const entryOf = ({ text }: Row) => JSON.parse(text).entry as Entry;

    test('an empty one is intact', async () => {
      expect(await verify(database.db)).toMatchObject({ kind: 'intact', entries: 0 });
    });

    test('entries are kept in their order, each linked to the one before it', async () => {
      await note(numbered(1), numbered(2));
      await note(numbered(3));
      const found = await rows();
      expect(found.map(({ seq }) => seq)).toEqual([1, 2, 3]);
      expect(found.map((row) => entryOf(row).facts?.n)).toEqual([1, 2, 3]);
      const start = createHash('sha256').update('roster audit chain trial').digest();
      expect(found.map(({ previous }) => previous)).toEqual([start, found[0]?.hash, found[1]?.hash]);
      expect(await verify(database.db)).toEqual({
        kind: 'intact',
        entries: 3,
        because: 'All 3 entries match their hashes and their links.',
      });
    });

    test('the text of an entry has this shape', async () => {
      await note({
        kind: 'action.proposed',
        by: ada,
        about: { incident: 'inc-1' as IncidentId },
        versions: { tool: 'restart-service@1', policy: '1' },
        facts: { decision: { kind: 'ask', said: [] }, confidence: 0.9, missing: undefined },
        because: ['A medium-risk change needs an approval.'],
      });
      const last = (await rows()).at(-1);
      const [, at] = /^\{"at":"([^"]+)"/.exec(last?.text ?? '') ?? [];
      expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
      expect(Math.abs(Date.parse(at ?? '') - Date.now())).toBeLessThan(60_000);
      expect(last?.text.replace(at ?? '', 'AT')).toBe(
        '{"at":"AT","chain":"trial","entry":{"about":{"incident":"inc-1"},' +
          '"because":["A medium-risk change needs an approval."],"by":{"charter":"ada@1","worker":"ada"},' +
          '"facts":{"confidence":0.9,"decision":{"kind":"ask","said":[]}},"kind":"action.proposed",' +
          '"versions":{"policy":"1","tool":"restart-service@1"}},"seq":4}',
      );
    });

    test('the text is canonical, whatever was in it', async () => {
      await note({
        kind: 'mention.heard',
        by: ada,
        facts: {
          odd: ['\u0000', '\uD83D', '\\u0000', '\\\\ud83d', '"', '€', '𝄞', '\u2028', '\u001f', "{}',"],
          'na\u0000me': { z: 1, a: [1e21, 1e-7, -0, 0.1 + 0.2], é: null, Z: true },
        },
        because: ['half a character: \uDE00'],
      });
      const last = (await rows()).at(-1);
      expect(canonicalize(JSON.parse(last?.text ?? ''))).toBe(last?.text);
      expect(last && entryOf(last).facts).toMatchObject({
        odd: ['\uFFFD', '\uFFFD', '\\u0000', '\\\\ud83d', '"', '€', '𝄞', '\u2028', '\u001f', "{}',"],
        'na\uFFFDme': { é: null },
      });
      expect(await verify(database.db)).toMatchObject({ kind: 'intact' });
    });

    test('two chains lie in one table, each linked in itself', async () => {
      const before = await count();
      await transact(database.db, (tx) => record(tx, 'real', [numbered(1)]));
      await note(numbered(2));
      await transact(database.db, (tx) => record(tx, 'real', [numbered(3)]));
      const [first, , third] = (await rows()).slice(before);
      expect(third?.previous).toEqual(first?.hash);
      expect(await verify(database.db)).toMatchObject({ kind: 'intact', entries: before + 3 });
    });

    test('free words lie beside it and can be erased without breaking the chain', async () => {
      const words = { reason: 'Maria says: not on a Friday \uD83D\u0000', log: 'line 1' };
      await note({ kind: 'approval.answered', by: { person: 'p-1' as PersonId }, words });
      const last = (await rows()).at(-1);
      expect(last?.text).not.toContain('Maria');
      const digests = Object.values((last && entryOf(last).words) ?? {});
      const kept = await sql<{
        words: string;
      }>`select words from audit_words where encode(digest, 'hex') = any(${digests})
        order by words`.execute(database.db);
      expect(kept.rows.map((one) => one.words)).toEqual([
        'Maria says: not on a Friday \uFFFD\uFFFD',
        'line 1',
      ]);
      await sql`delete from audit_words where words like 'Maria%'`.execute(database.db);
      expect(await verify(database.db)).toMatchObject({ kind: 'intact' });
    });

    test('the same words twice cannot be told by their digests', async () => {
      await note({ kind: 'approval.answered', by: ada, words: { a: 'no', b: 'no' } });
      const { a, b } = entryOf((await rows()).at(-1) as Row).words ?? {};
      expect(a).not.toBe(b);
    });

    test('what is rolled back was never there', async () => {
      const before = await count();
      const failing = transact(database.db, async (tx) => {
        await record(tx, 'trial', [numbered(9)]);
        throw new Error('the change failed');
      });
      await expect(failing).rejects.toThrow('the change failed');
      await note(numbered(10));
      expect(await count()).toBe(before + 1);
      expect(await verify(database.db)).toMatchObject({ kind: 'intact' });
    });

    test('many who append at once, over several connections, make one unbroken chain', async () => {
      const before = await count();
      const others = 'connectionString' in database.queue ? [1, 2, 3] : [];
      const url = 'connectionString' in database.queue ? database.queue.connectionString : '';
      const more = others.map(() => openPool(url, 4));
      const all = [database, ...more];
      const appends = Array.from({ length: 120 }, (_, n) => {
        const { db } = all[n % all.length] ?? database;
        return transact(db, (tx) => record(tx, 'trial', [numbered(n), numbered(n)]));
      });
      await Promise.all(appends);
      await Promise.all(more.map((one) => one.close()));
      const pairs = (await rows()).slice(before).map((row) => entryOf(row).facts?.n);
      expect(pairs).toHaveLength(240);
      for (let place = 0; place < 240; place += 2) expect(pairs[place]).toBe(pairs[place + 1]);
      expect(await verify(database.db)).toMatchObject({ kind: 'intact', entries: before + 240 });
    });
  });
}
