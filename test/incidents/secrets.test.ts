// What systems print and log may hold secrets: no row, card or audit entry of ours ever has them.
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { actionsOf } from '../../src/actions/read.ts';
import { databases } from '../databases.ts';
import type { Shift } from '../shift.ts';
import { begun } from './begun.ts';
import { onShift } from './on-shift.ts';
import { openOutside } from './outside.ts';

const key = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7';
const printed: [what: string, secret: string, line: string][] = [
  [
    'a token',
    'ghp_0123456789abcdefghijABCDEFGHIJ012345',
    'cloning with ghp_0123456789abcdefghijABCDEFGHIJ012345',
  ],
  ['a password in an address', 'hunter2x', 'cannot reach postgres://app:hunter2x@db-01:5432/shop'],
  ['a private key', key, `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----`],
  ['an AWS key id', 'AKIAQ2W3E4R5T6Y7U8I9', 'key AKIAQ2W3E4R5T6Y7U8I9 denied'],
  [
    'an AWS secret',
    'wJalrXUtnFEMI0K7MDENGbPxRfiCYzzzzzzKEY12',
    'aws_secret_access_key = wJalrXUtnFEMI0K7MDENGbPxRfiCYzzzzzzKEY12',
  ],
  ['a bearer token', 'abcdef0123456789abcdef', 'Authorization: Bearer abcdef0123456789abcdef'],
];

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`secrets, on ${name}`, () => {
    const outside = openOutside();
    let shift: Shift;
    let begin: ReturnType<typeof begun>;
    onShift(open, outside, (one) => {
      shift = one;
      begin = begun(one, outside);
    });

    /** Whatever was written down anywhere. */
    async function record(): Promise<string> {
      const { rows: tables } = await sql<{
        name: string;
      }>`select table_name as name from information_schema.tables where table_schema = 'public'
        and table_type = 'BASE TABLE'`.execute(shift.db);
      const all = await Promise.all(
        tables.map(({ name: table }) =>
          sql`select to_jsonb(one) from ${sql.id(table)} one`.execute(shift.db),
        ),
      );
      return JSON.stringify(all.map(({ rows }) => rows));
    }

    test.each(printed)('%s that a tool prints is kept nowhere', async (_, secret, line) => {
      outside.prints(`TASK [restart]\n${line}\nok: 1`);
      const { id } = await begin.leak();
      await shift.later();
      const [action] = await actionsOf(shift.db, id);
      expect(action).toMatchObject({ status: 'done', output: expect.stringContaining('TASK [restart]') });
      expect(action?.output).toContain('[secret]');
      expect(await record()).not.toContain(secret);
    });

    test('nor one that a failing tool prints', async () => {
      outside.prints('fatal: password=hunter2x');
      outside.jobsEnd('failed');
      await begin.leak();
      await shift.later();
      expect(await record()).not.toContain('hunter2x');
    });

    test.each(printed)('%s in a log line is kept nowhere', async (_, secret, line) => {
      outside.leak();
      outside.say({ app: 'payments', level: 'error', instance: 'app-03' }, line);
      const { id } = await begin.leak();
      const found = JSON.stringify((await shift.log(id)).filter(({ kind }) => kind === 'evidence'));
      expect(found).toContain('[secret]');
      expect(await record()).not.toContain(secret);
    });
  });
}
