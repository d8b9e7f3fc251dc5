import { type RawBuilder, sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { record } from '../../src/audit/record.ts';
import { verify } from '../../src/audit/verify.ts';
import { type Database, transact } from '../../src/postgres/database.ts';
import { databases } from '../databases.ts';

/** What somebody with every right could do to a chain of ten, and where it must be found. */
const tamperings: [what: string, statements: RawBuilder<unknown>[], seq: string, because: RegExp][] = [
  [
    'a text is edited',
    [sql`update audit set text = replace(text, '"n":4', '"n":5') where seq = 4`],
    '4',
    /The text of entry 4 does not match its digest/,
  ],
  [
    'a text is edited and its digest made anew',
    [
      sql`update audit set text = replace(text, '"n":4', '"n":5') where seq = 4`,
      sql`update audit set content = sha256(convert_to(text, 'UTF8')) where seq = 4`,
    ],
    '4',
    /The hash of entry 4 is wrong/,
  ],
  [
    'a text, its digest and its hash are made anew',
    [
      sql`update audit set text = replace(text, '"n":4', '"n":5') where seq = 4`,
      sql`update audit set content = sha256(convert_to(text, 'UTF8')) where seq = 4`,
      sql`update audit set hash = sha256(previous || content) where seq = 4`,
    ],
    '5',
    /Entry 5 does not follow the entry before it/,
  ],
  [
    'a text is no JSON any more',
    [sql`update audit set text = 'gone' where seq = 2`],
    '2',
    /not an audit entry/,
  ],
  [
    'a hash is edited',
    [sql`update audit set hash = sha256('x') where seq = 6`],
    '6',
    /hash of entry 6 is wrong/,
  ],
  [
    'an entry is deleted',
    [sql`delete from audit where seq = 5`],
    '5',
    /Entry 5 is missing: the next one found is 6/,
  ],
  [
    'the first entry is deleted',
    [sql`delete from audit where seq = 1`],
    '1',
    /Entry 1 is missing: the next one found is 2/,
  ],
  [
    'an entry is deleted and the rest moved up',
    [
      sql`delete from audit where seq = 5`,
      sql`update audit set seq = -(seq - 1) where seq > 5`,
      sql`update audit set seq = -seq where seq < 0`,
    ],
    '5',
    /says it is entry 6/,
  ],
  [
    'two entries change places',
    [
      sql`update audit set seq = 99 where seq = 3`,
      sql`update audit set seq = 3 where seq = 7`,
      sql`update audit set seq = 7 where seq = 99`,
    ],
    '3',
    /says it is entry 7/,
  ],
  [
    'an entry is copied to the end',
    [
      sql`insert into audit select 11, chain, text, content, sha256('x'), sha256('y') from audit where seq = 10`,
    ],
    '11',
    /says it is entry 10/,
  ],
  [
    'an entry is put in before the first',
    [
      sql`insert into audit select 0, chain, text, content, sha256('x'), sha256('y') from audit where seq = 1`,
    ],
    '0',
    /Entry 0 was put in before the first/,
  ],
  [
    'the chain is forked: a second entry follows the eighth',
    [
      sql`alter table audit drop constraint audit_previous_key`,
      sql`insert into audit select 11, chain, replace(text, '"seq":9', '"seq":11'), content, previous, sha256('x') from audit
        where seq = 9`,
      sql`update audit set content = sha256(convert_to(text, 'UTF8')) where seq = 11`,
      sql`update audit set hash = sha256(previous || content) where seq = 11`,
    ],
    '11',
    /Entry 11 does not follow the entry before it/,
  ],
  [
    'an entry is moved to the other chain',
    [sql`update audit set chain = 'real' where seq = 8`],
    '8',
    /says it is entry 8 of chain trial/,
  ],
  [
    'the words beside an entry are edited',
    [sql`update audit_words set words = 'yes' where words = 'words of 6'`],
    '6',
    /The words beside entry 6 are not those it was written with/,
  ],
];

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`on ${name}`, () => {
    let database: Database;
    beforeAll(async () => {
      database = await open();
    });
    afterAll(() => database?.close());

    const run = (statement: RawBuilder<unknown>) => statement.execute(database.db);

    beforeEach(async () => {
      await run(sql`alter table audit disable trigger all`);
      await run(sql`truncate audit, audit_words`);
      await run(sql`alter table audit enable trigger all`);
      for (let n = 1; n <= 10; n++) {
        const entry = { kind: 'scrape.cycle', by: { roster: 'test' }, facts: { n } } as const;
        await transact(database.db, (tx) =>
          record(tx, 'trial', [{ ...entry, words: { said: `words of ${n}` } }]),
        );
      }
    });

    test.each([
      ['UPDATE', sql`update audit set text = '' where seq = 1`],
      ['DELETE', sql`delete from audit where seq = 1`],
      ['TRUNCATE', sql`truncate audit`],
    ])('%s is refused, the owner included', async (said, statement) => {
      await expect(run(statement)).rejects.toThrow(`The audit is append-only: ${said} is refused.`);
      expect(await verify(database.db)).toMatchObject({ kind: 'intact', entries: 10 });
    });

    test('two entries cannot follow the same one', async () => {
      const fork = sql`insert into audit select 11, chain, text, content, previous, sha256('x') from audit where seq = 9`;
      await expect(run(fork)).rejects.toThrow('audit_previous_key');
    });

    test.each(tamperings)(
      'with the triggers off, it is found that %s',
      async (_, statements, seq, because) => {
        await run(sql`alter table audit disable trigger all`);
        await run(sql`alter table audit drop constraint if exists audit_seq_check`);
        for (const statement of statements) await run(statement);
        await run(sql`alter table audit enable trigger all`);
        const found = await verify(database.db);
        expect(found).toMatchObject({ kind: 'broken', seq });
        expect(found.because).toMatch(because);
      },
    );
  });
}
