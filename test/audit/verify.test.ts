import { readFileSync, writeFileSync } from 'node:fs';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openCheckpoints, witnessFile } from '../../src/audit/checkpoint.ts';
import { verify } from '../../src/audit/verify.ts';
import { readWitness } from '../../src/audit/witness.ts';
import type { Database, Db } from '../../src/postgres/database.ts';
import { databases } from '../databases.ts';
import { cycles, newFolder, reseal, tamper, write } from './told.ts';

/** What the owner of a database can do to twelve entries of which the first ten are witnessed; the seq it is found at. */
const attacks: [what: string, seq: string, attack: (db: Db) => Promise<unknown>][] = [
  [
    'a text edited',
    '4',
    (db) => sql`update audit set text = replace(text, '"cycle":4', '"cycle":5') where seq = 4`.execute(db),
  ],
  [
    'a text and its digest edited',
    '4',
    (db) =>
      sql`update audit set text = replace(text, '"cycle":4', '"cycle":5'),
        content = sha256(convert_to(replace(text, '"cycle":4', '"cycle":5'), 'UTF8')) where seq = 4`.execute(
        db,
      ),
  ],
  [
    'an entry sealed anew and not those after it',
    '5',
    (db) =>
      sql`update audit set text = replace(text, '"cycle":4', '"cycle":5'),
        content = sha256(convert_to(replace(text, '"cycle":4', '"cycle":5'), 'UTF8')),
        hash = sha256(previous || sha256(convert_to(replace(text, '"cycle":4', '"cycle":5'), 'UTF8')))
        where seq = 4`.execute(db),
  ],
  ['an entry deleted', '6', (db) => sql`delete from audit where seq = 6`.execute(db)],
  ['the first entries deleted', '1', (db) => sql`delete from audit where seq <= 2`.execute(db)],
  [
    'an entry put in before the first',
    '0',
    async (db) => {
      await sql`alter table audit drop constraint audit_seq_check`.execute(db);
      await sql`insert into audit select 0, chain, text, content, sha256(previous), sha256(hash) from audit where seq = 1`.execute(
        db,
      );
    },
  ],
  [
    'two entries swapped',
    '3',
    async (db) => {
      await sql`update audit set seq = 100 where seq = 3`.execute(db);
      await sql`update audit set seq = 3 where seq = 7`.execute(db);
      await sql`update audit set seq = 7 where seq = 100`.execute(db);
    },
  ],
  [
    'an entry moved to the other chain',
    '8',
    (db) => sql`update audit set chain = 'real' where seq = 8`.execute(db),
  ],
  ['the tail cut off', '10', (db) => sql`delete from audit where seq > 9`.execute(db)],
  ['everything deleted', '1', (db) => sql`delete from audit`.execute(db)],
  [
    'an entry edited and all after it sealed anew',
    '5',
    (db) => reseal(db, 4, (text) => text.replace('"cycle":4', '"cycle":5')),
  ],
  ['the chain replaced whole', '5', (db) => reseal(db, 1, (text) => text.replace('"cycle":1', '"cycle":0'))],
];

describe.each(databases.filter(({ available }) => available))('verify on $name', ({ open }) => {
  let database: Database;
  let folder: string;
  beforeAll(async () => {
    database = await open();
  });
  afterEach(async () => {
    const { db } = database;
    await tamper(db, () => sql`truncate audit`.execute(db));
    await sql`truncate audit_checkpoint, audit_words`.execute(db);
    await sql`alter table audit drop constraint if exists audit_seq_check`.execute(db);
    await sql`alter table audit add constraint audit_seq_check check (seq > 0)`.execute(db);
  });
  afterAll(() => database.close());

  /** Ten entries with a checkpoint after the fifth and the tenth, and two more. */
  async function witnessed() {
    folder = newFolder();
    const { db } = database;
    const { take } = openCheckpoints({ db, chain: 'trial', folder, now: () => new Date() });
    for (const from of [1, 6]) {
      await write(db, cycles(5, from));
      await take({ anyway: true });
    }
    await write(db, cycles(2, 11));
    return async () => {
      const read = await readWitness(witnessFile(folder));
      if (read.kind !== 'checkpoints') throw new Error(read.because);
      return read.checkpoints;
    };
  }

  test('an honest chain agrees with its checkpoints, and the open window is told', async () => {
    const checkpoints = await (await witnessed())();
    const found = await verify(database.db, { checkpoints });
    expect(found).toMatchObject({
      kind: 'intact',
      entries: 12,
      witnessed: { checkpoints: 2, open: [{ chain: 'trial', after: 10, entries: 2 }] },
    });
    expect(found.because).toContain('2 entries of chain trial after entry 10 have no checkpoint yet');
    expect(await verify(database.db)).toEqual({
      kind: 'intact',
      entries: 12,
      because: 'All 12 entries match their hashes and their links.',
    });
  });

  test.each(attacks)('found at or before the last checkpoint: %s', async (_, seq, attack) => {
    const read = await witnessed();
    await tamper(database.db, attack);
    expect(await verify(database.db, { checkpoints: await read() })).toMatchObject({ kind: 'broken', seq });
  });

  test('a chain replaced and witnessed anew still contradicts the older checkpoint', async () => {
    const read = await witnessed();
    await reseal(database.db, 4, (text) => text.replace('"cycle":4', '"cycle":5'));
    const { db } = database;
    await sql`truncate audit_checkpoint`.execute(db);
    await openCheckpoints({ db, chain: 'trial', folder, now: () => new Date() }).take();
    const found = await verify(db, { checkpoints: await read() });
    expect(found).toMatchObject({ kind: 'broken', seq: '5' });
  });

  test('what the app itself found out stays in the witness, without the older line too', async () => {
    const read = await witnessed();
    const { db } = database;
    await reseal(db, 4, (text) => text.replace('"cycle":4', '"cycle":5'));
    await openCheckpoints({ db, chain: 'trial', folder, now: () => new Date() }).take();
    await expect(read()).rejects.toThrow('no longer held what the one at entry 10 witnessed');
    const lines = readFileSync(witnessFile(folder), 'utf8').trimEnd().split('\n');
    writeFileSync(witnessFile(folder), `${lines.at(-1)}\n`);
    await expect(read()).rejects.toThrow('no longer held what the one at entry 10 witnessed');
  });

  test('200 writers at once make one chain without a fork', async () => {
    const { db } = database;
    await Promise.all(Array.from({ length: 200 }, (_, place) => write(db, cycles(1, place))));
    expect(await verify(db)).toMatchObject({ kind: 'intact', entries: 200 });
  });

  test('from an entry on: what lies before is believed, but not against a checkpoint', async () => {
    const read = await witnessed();
    await write(database.db, cycles(2), 'real');
    const all = await read();
    expect(await verify(database.db, { since: 7, checkpoints: all })).toMatchObject({
      kind: 'intact',
      entries: 8,
    });
    await tamper(database.db, (db) => sql`update audit set text = text || ' ' where seq = 3`.execute(db));
    expect(await verify(database.db, { since: 7 })).toMatchObject({ kind: 'intact', entries: 8 });
    expect(await verify(database.db, { since: 3 })).toMatchObject({ kind: 'broken', seq: '3' });
    await reseal(database.db, 12, (text) => text.replace('"cycle":12', '"cycle":0'));
    await tamper(database.db, (db) => sql`update audit set hash = sha256(hash) where seq = 5`.execute(db));
    expect(await verify(database.db, { since: 11, checkpoints: all })).toMatchObject({
      kind: 'broken',
      seq: '5',
    });
  });

  test('links alone: a cut link is seen, an edited text is not', async () => {
    await witnessed();
    const { db } = database;
    await tamper(db, () => sql`update audit set text = text || ' ' where seq = 3`.execute(db));
    expect(await verify(db, { links: true })).toMatchObject({ kind: 'intact', entries: 12 });
    await tamper(db, () => sql`update audit set content = sha256(content) where seq = 4`.execute(db));
    expect(await verify(db, { links: true })).toMatchObject({ kind: 'broken', seq: '4' });
  });

  test('words that were changed are found, words that were erased are not missed', async () => {
    const { db } = database;
    await write(db, [...cycles(1), { kind: 'mention.heard', by: { roster: 'x' }, words: { text: 'hello' } }]);
    await sql`update audit_words set words = 'hallo'`.execute(db);
    expect(await verify(db)).toMatchObject({ kind: 'broken', seq: '2' });
    await sql`delete from audit_words`.execute(db);
    expect(await verify(db)).toMatchObject({ kind: 'intact', entries: 2 });
  });

  test('a second entry that follows the same one is refused by the table, and found without it', async () => {
    await witnessed();
    const { db } = database;
    const fork = () =>
      sql`insert into audit select 13, chain, replace(text, '"seq":12', '"seq":13'),
        sha256(convert_to(replace(text, '"seq":12', '"seq":13'), 'UTF8')), previous,
        sha256(previous || sha256(convert_to(replace(text, '"seq":12', '"seq":13'), 'UTF8')))
        from audit where seq = 12`.execute(db);
    await expect(fork()).rejects.toThrow('audit_previous_key');
    await sql`alter table audit drop constraint audit_previous_key`.execute(db);
    await fork();
    expect(await verify(db)).toMatchObject({ kind: 'broken', seq: '13' });
    await tamper(db, () => sql`truncate audit`.execute(db));
    await sql`alter table audit add unique (previous)`.execute(db);
  });
});
