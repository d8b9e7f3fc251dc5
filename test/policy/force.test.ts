import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { enforce, type Held, heldOf, keep } from '../../src/charter/force.ts';
import { policyHeld, policyInForce } from '../../src/policy/force.ts';
import { type Database, transact } from '../../src/postgres/database.ts';
import { databases } from '../databases.ts';
import { policy } from './facts.ts';

const held = policyHeld(policy);
const newer = heldOf('policy', '2', { version: '2', verdicts: ['ask'] });

describe.each(databases.filter(({ available }) => available))('the policy in force on $name', ({ open }) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());

  const adopt = (one: Held, from: string) =>
    transact(database.db, async (tx) => {
      await keep(tx, one);
      const { what, version, digest: to } = one;
      await enforce(tx, { what, version, from, to }, { person: null, action: null });
    });
  const now = () => transact(database.db, policyInForce);
  const setText = (text: string) =>
    sql`update kept_text set text = ${text} where digest = ${held.digest}`.execute(database.db);

  test('before the first there is none to decide with', async () => {
    await expect(now()).rejects.toThrow('No policy is in force, so nothing may run');
  });

  test('it is decided with as it was adopted', async () => {
    await adopt(held, 'none');
    expect(await now()).toEqual(policy);
  });

  test.each([
    ['loosened', held.text.replace('"ask"', '"allow"')],
    ['cut off', held.text.slice(0, 40)],
    ['emptied', ''],
  ])('%s in the table, it is not decided with', async (_, text) => {
    await setText(text);
    await expect(now()).rejects.toThrow(
      `The policy in force (version ${held.version}) cannot be read, so nothing may run`,
    );
    await setText(held.text);
    expect(await now()).toEqual(policy);
  });

  test('of a schema that is not known here, it is not decided with', async () => {
    await adopt(newer, held.digest);
    await expect(now()).rejects.toThrow('The policy in force (version 2) cannot be read');
  });
});
