import { readFileSync, writeFileSync } from 'node:fs';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCheckpoints, witnessFile } from '../../src/audit/checkpoint.ts';
import { sealed } from '../../src/audit/export.ts';
import { openSigner } from '../../src/audit/key.ts';
import { exportAction } from '../../src/audit/receipt.ts';
import { verifyFile } from '../../src/audit/verify-file.ts';
import { readWitness } from '../../src/audit/witness.ts';
import type { Database } from '../../src/postgres/database.ts';
import { databases } from '../databases.ts';
import { cycles, fileOf, lifeOf, newFolder, write } from './told.ts';

const now = () => new Date();

describe.each(databases.filter(({ available }) => available))('a consent receipt on $name', ({ open }) => {
  let database: Database;
  const folder = newFolder();
  beforeAll(async () => {
    database = await open();
    const { db } = database;
    await write(db, cycles(2), 'real');
    await write(db, [...cycles(3), ...lifeOf('one'), ...lifeOf('two')]);
    await write(db, cycles(2), 'real');
    await write(db, cycles(2));
    await openCheckpoints({ db, chain: 'trial', folder, now }).take();
    await write(db, lifeOf('late'));
  });
  afterAll(() => database.close());

  async function receipt(action = 'act-one') {
    const exported = await exportAction({ db: database.db, signer: openSigner(folder), now: now() }, action);
    if (exported.kind === 'none') throw new Error(exported.because);
    return fileOf(exported.lines);
  }

  test('says what the card showed, who answered, under which versions and what came of it', async () => {
    const [, line = ''] = readFileSync(await receipt(), 'utf8').split('\n');
    expect(JSON.parse(line).receipt).toMatchObject({
      action: 'act-one',
      incident: 'inc-1',
      worker: 'ada',
      versions: { charter: 'ada@1', policy: '3', tool: 'restart-service@2' },
      arguments: { service: 'checkout' },
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      charterDigest: expect.stringMatching(/^c{64}$/),
      policyDigest: expect.stringMatching(/^d{64}$/),
      asked: [
        {
          approval: 'apr-one',
          facts: { shown: { what: 'Restart checkout', target: 'checkout', risk: 'medium' } },
          words: { why: 'It leaks — „Speicher“ � voll.', evidence: 'heap 96 %\nheap 97 %' },
        },
      ],
      answers: [
        { kind: 'door.refused', by: { person: 'manager' } },
        { kind: 'approval.answered', by: { person: 'olga' }, facts: { answer: 'approve' } },
      ],
      outcome: { facts: { status: 'done' } },
    });
  });

  test('says of what was stopped that it was', async () => {
    const stopped = lifeOf('stopped').map((entry) =>
      entry.kind === 'action.ended'
        ? { ...entry, kind: 'action.cancelled' as const, facts: { status: 'cancelled' } }
        : entry,
    );
    await write(database.db, stopped);
    const [, line = ''] = readFileSync(await receipt('act-stopped'), 'utf8').split('\n');
    expect(JSON.parse(line).receipt.outcome).toMatchObject({ facts: { status: 'cancelled' } });
  });

  test('verifies offline, up to a checkpoint that the witness has too', async () => {
    const found = await verifyFile(await receipt());
    expect(found).toMatchObject({ kind: 'intact' });
    expect(found.because).toContain('they lead up to the checkpoint of chain trial at entry 29');
    const read = await readWitness(witnessFile(folder));
    const checkpoints = read.kind === 'checkpoints' ? read.checkpoints : [];
    expect((await verifyFile(await receipt(), { checkpoints })).because).toContain(
      'which the witness has too',
    );
    expect((await verifyFile(await receipt('act-late'))).because).toContain(
      'no checkpoint witnesses them yet',
    );
    const others = checkpoints.map((one) => ({ ...one, hash: 'f'.repeat(64) }));
    expect(await verifyFile(await receipt(), { checkpoints: others })).toMatchObject({ kind: 'broken' });
  });

  test('fails when any byte of it changes', async () => {
    const file = await receipt();
    const bytes = readFileSync(file);
    const altered = newFile();
    // Every byte of the seal, every ninth of what it seals; a different bit at each.
    const seal = bytes.lastIndexOf('\n', bytes.length - 2);
    for (let place = 0; place < bytes.length; place += place < seal ? 9 : 1) {
      const changed = Buffer.from(bytes);
      changed[place] = (changed[place] ?? 0) ^ (1 << (place % 8));
      writeFileSync(altered, changed);
      const found = await verifyFile(altered);
      if (found.kind !== 'broken') throw new Error(`Byte ${place} was changed and not found.`);
    }
    for (const more of ['\n', ' ', '{}\n']) {
      writeFileSync(altered, Buffer.concat([bytes, Buffer.from(more)]));
      expect(await verifyFile(altered)).toMatchObject({ kind: 'broken' });
    }
  }, 60_000);

  test('a lie sealed anew by somebody else fails by its proof, or by its key', async () => {
    const other = openSigner(newFolder());
    const file = await receipt();
    const whole = readFileSync(file, 'utf8').replace(/[^\n]*\n$/, '');
    const again = (text: string) => fileOf(sealed(other, one(text)));
    const lies = [
      whole.replace('"person":"olga"', '"person":"eve"'),
      whole.replaceAll('"person":"olga"', '"person":"eve"'),
      whole.replace('"status":"done"', '"status":"none"'),
      whole.replace('heap 96 %', 'heap 99 %'),
      whole.replace(/\{"between":\["[0-9a-f]{4}/, '{"between":["abcd'),
      whole.replace(/\{"audit":[^\n]*door.refused[^\n]*\n/, ''),
      whole.replace(/\{"receipt":[^\n]*\n/, ''),
    ];
    for (const lie of lies) {
      expect(lie).not.toBe(whole);
      expect(await verifyFile(await again(lie))).toMatchObject({ kind: 'broken' });
    }
    expect(await verifyFile(await again(whole))).toMatchObject({ kind: 'intact' });
    const key = openSigner(folder).fingerprint;
    expect(await verifyFile(await again(whole), { key })).toMatchObject({ kind: 'broken' });
    expect(await verifyFile(file, { key })).toMatchObject({ kind: 'intact' });
  });

  test('words that were erased are said to be, and the receipt still verifies', async () => {
    const { db } = database;
    await sql`delete from audit_words where words like 'heap%'`.execute(db);
    const file = await receipt('act-two');
    expect(await verifyFile(file)).toMatchObject({ kind: 'intact' });
    expect(readFileSync(file, 'utf8')).toContain('"evidence":"(erased)"');
  });

  test('an action that is not there has none', async () => {
    const exporting = { db: database.db, signer: openSigner(folder), now: now() };
    expect(await exportAction(exporting, 'act-nobody')).toMatchObject({ kind: 'none' });
  });
});

function newFile(): string {
  return `${newFolder()}/altered.jsonl`;
}

async function* one(text: string): AsyncGenerator<string> {
  yield text;
}
