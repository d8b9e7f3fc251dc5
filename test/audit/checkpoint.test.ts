import { copyFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  checkpointLine,
  isDue,
  isGenuine,
  openCheckpoints,
  witnessFile,
} from '../../src/audit/checkpoint.ts';
import { readWitness } from '../../src/audit/witness.ts';
import { operatorOf } from '../../src/operator.ts';
import type { Database } from '../../src/postgres/database.ts';
import { databases } from '../databases.ts';
import { noSwitches as switches } from '../switches.ts';
import { cycles, newFolder, reseal, tamper, write } from './told.ts';

const noon = new Date('2026-11-21T12:00:00.000Z');
const last = { seq: 10, entries: 10, at: noon.toISOString() };
const later = (ms: number) => new Date(noon.getTime() + ms);

test.each([
  ['the first of a chain', undefined, { seq: 1, fresh: 1 }, noon, true],
  ['nothing new, however late', last, { seq: 10, fresh: 0 }, later(3_600_000), false],
  ['something new, early', last, { seq: 12, fresh: 2 }, later(59_999), false],
  ['something new after a minute', last, { seq: 12, fresh: 1 }, later(60_000), true],
  ['999 new, early', last, { seq: 1_009, fresh: 999 }, later(1), false],
  ['1,000 new, early', last, { seq: 1_010, fresh: 1_000 }, later(1), true],
  [
    'something new, the last dated later',
    { ...last, at: later(60_000).toISOString() },
    { seq: 12, fresh: 2 },
    noon,
    true,
  ],
  ['a chain that became shorter', last, { seq: 9, fresh: 0 }, later(1), true],
])('a checkpoint is due or not: %s', (_, before, tail, now, due) => {
  expect(isDue(before, tail, now)).toBe(due);
});

describe.each(databases.filter(({ available }) => available))('checkpoints on $name', ({ open }) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });
  afterEach(async () => {
    await tamper(database.db, () => sql`truncate audit`.execute(database.db));
    await sql`truncate audit_checkpoint`.execute(database.db);
  });
  afterAll(() => database.close());

  function opened(folder = newFolder()) {
    const clock = { now: noon };
    const { db } = database;
    const checkpoints = openCheckpoints({ db, chain: 'trial', folder, now: () => clock.now });
    return { clock, folder, ...checkpoints };
  }

  test('says how the chain stands, signed, on file, and only when due', async () => {
    const { take, clock, folder, fingerprint } = opened();
    expect(await take()).toBeUndefined();
    await write(database.db, cycles(3), 'real');
    await write(database.db, cycles(2));
    const first = await take();
    expect(first).toMatchObject({ chain: 'trial', seq: 5, entries: 2, at: noon.toISOString(), fingerprint });
    await write(database.db, cycles(2));
    expect(await take()).toBeUndefined();
    clock.now = later(60_000);
    const second = await take();
    expect(second).toMatchObject({ seq: 7, entries: 4 });
    clock.now = later(120_000);
    expect(await take()).toBeUndefined();
    const read = await readWitness(witnessFile(folder), fingerprint.slice(0, 12));
    expect(read).toEqual({ kind: 'checkpoints', checkpoints: [first, second], unreadable: 0 });
    expect(second && checkpointLine(second)).toContain(`4 entries up to 7, hash ${second?.hash}`);
  });

  test('the key is for this user alone, and stays the same', async () => {
    const { folder, fingerprint } = opened();
    expect(statSync(join(folder, 'audit-key.pem')).mode & 0o777).toBe(0o600);
    expect(opened(folder).fingerprint).toBe(fingerprint);
    expect(opened().fingerprint).not.toBe(fingerprint);
  });

  test('of two processes at once one takes it', async () => {
    await write(database.db, cycles(2));
    const folder = newFolder();
    const taken = await Promise.all([opened(folder).take(), opened(folder).take(), opened(folder).take()]);
    expect(taken.filter((one) => one !== undefined)).toHaveLength(1);
  });

  test('a chain that was rewritten behind it is signed as one that contradicts it', async () => {
    const { take, clock } = opened();
    await write(database.db, cycles(4));
    await take();
    await reseal(database.db, 2, (text) => text.replace('"cycle":2', '"cycle":9'));
    clock.now = later(60_000);
    const next = await take();
    expect(next).toMatchObject({ seq: 4, entries: 4, contradicts: 4 });
    expect(next && checkpointLine(next)).toContain('WARNING');
    await tamper(database.db, () => sql`delete from audit where seq > 2`.execute(database.db));
    expect(await take()).toMatchObject({ seq: 2, entries: 2, contradicts: 4 });
    expect(await take()).toBeUndefined();
  });

  test.each([
    ['made unreadable', sql`update audit_checkpoint set line = 'none'`],
    ['dated later', sql`update audit_checkpoint set line = replace(line, '"at":"2', '"at":"9')`],
    ['of the other chain', sql`update audit_checkpoint set line = replace(line, 'trial', 'real')`],
  ])('a stored checkpoint that is %s does not hold back the next', async (_, change) => {
    const { take, clock } = opened();
    const { db } = database;
    await write(db, cycles(2));
    await take();
    await write(db, cycles(2));
    await change.execute(db);
    clock.now = later(60_000);
    expect(await take()).toMatchObject({ seq: 4, entries: 4 });
    expect(await take()).toBeUndefined();
  });

  test('a checkpoint by another key, of whoever it is, does not stand for one of this key', async () => {
    const { take, clock } = opened();
    await write(database.db, cycles(2));
    await take();
    await write(database.db, cycles(2));
    expect(await opened().take()).toMatchObject({ seq: 4, entries: 4 });
    clock.now = later(60_000);
    expect(await take()).toMatchObject({ seq: 4, entries: 4 });
    expect(await take()).toBeUndefined();
  });

  test('a witness file that lost the newest checkpoint the database has is no witness', async () => {
    const { db } = database;
    const { take, clock, folder } = opened();
    const verified = async (asked = {}) => {
      const answer = await operatorOf(() => ({ db, folder, now: () => noon, switches }))[
        '/operator/audit-verify'
      ]?.(asked);
      return answer?.kind === 'json' ? answer.value : answer;
    };
    await write(db, cycles(2));
    await take();
    const older = join(newFolder(), 'older.jsonl');
    const file = witnessFile(folder);
    copyFileSync(file, older);
    await write(db, cycles(2));
    clock.now = later(60_000);
    await take();
    expect(await verified()).toMatchObject({ kind: 'intact', witnessed: { checkpoints: 2, open: [] } });
    expect(await verified({ checkpoints: older })).toMatchObject({ witnessed: { open: [{ entries: 2 }] } });
    copyFileSync(older, file);
    expect(await verified()).toMatchObject({
      kind: 'broken',
      because: expect.stringContaining('The witness file lacks the checkpoint of chain trial at entry 4'),
    });
    rmSync(file);
    expect(await verified()).toMatchObject({ kind: 'broken' });
    await write(db, cycles(1));
    clock.now = later(120_000);
    await take();
    expect(await verified()).toMatchObject({ kind: 'intact', witnessed: { checkpoints: 1, open: [] } });
  });

  test('when the witness cannot be written, nothing is stored, and the next try takes it', async () => {
    await write(database.db, cycles(2));
    const folder = newFolder();
    const { db } = database;
    const broken = openCheckpoints({ db, chain: 'trial', folder, file: folder, now: () => noon });
    await expect(broken.take()).rejects.toThrow('EISDIR');
    expect(await opened(folder).take()).toMatchObject({ seq: 2 });
  });

  test('a changed line is named; half a line of a power cut is counted and closed', async () => {
    await write(database.db, cycles(2));
    const { take, folder, clock } = opened();
    const taken = await take();
    const file = witnessFile(folder);
    const whole = readFileSync(file, 'utf8');
    writeFileSync(file, `${whole}${whole.slice(0, 40)}`);
    await write(database.db, cycles(2));
    clock.now = later(60_000);
    await take();
    expect(await readWitness(file)).toMatchObject({
      kind: 'checkpoints',
      unreadable: 1,
      checkpoints: [{}, {}],
    });
    writeFileSync(file, whole.replace('"entries":2', '"entries":3'));
    expect(await readWitness(file)).toMatchObject({ kind: 'contradicted' });
    writeFileSync(file, whole);
    expect(await readWitness(file, 'ffffffffffff')).toMatchObject({ kind: 'contradicted' });
    expect(taken && isGenuine({ ...taken, at: later(1).toISOString() })).toBe(false);
  });
});
