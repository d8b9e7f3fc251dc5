// What the audit's tests write down: a few entries, an action's life, and what a hostile owner of the database can do.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll } from 'vitest';
import type { Entry } from '../../src/audit/entry.ts';
import { type Chain, record } from '../../src/audit/record.ts';
import type { ActionId, ApprovalId, IncidentId, PersonId, WorkerId } from '../../src/ids.ts';
import { type Db, transact } from '../../src/postgres/database.ts';

const root = mkdtempSync(join(tmpdir(), 'roster-audit-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

export function newFolder(): string {
  return mkdtempSync(join(root, 'data-'));
}

/** A file of its own with all of `lines`. */
export async function fileOf(lines: AsyncIterable<string>): Promise<string> {
  const parts: string[] = [];
  for await (const part of lines) parts.push(part);
  const file = join(newFolder(), 'export.jsonl');
  writeFileSync(file, parts.join(''));
  return file;
}

export function write(db: Db, entries: Entry[], chain: Chain = 'trial'): Promise<void> {
  return transact(db, (tx) => record(tx, chain, entries));
}

export function cycles(count: number, from = 1): Entry[] {
  return Array.from({ length: count }, (_, place) => ({
    kind: 'scrape.cycle',
    by: { roster: 'monitor' },
    facts: { cycle: from + place },
  }));
}

const by = { worker: 'ada' as WorkerId, charter: 'ada@1' };
const incident = 'inc-1' as IncidentId;
const versions = { policy: '3', tool: 'restart-service@2' };

/** An action that was asked for, tried by the wrong person, approved and done. */
export function lifeOf(name: string): Entry[] {
  const action = `act-${name}` as ActionId;
  const approval = `apr-${name}` as ApprovalId;
  const about = { action, incident };
  const digest = createHash('sha256').update(name).digest('hex');
  const facts = {
    facts: { target: { id: 'checkout', services: ['checkout'], units: [] } },
    decision: { kind: 'ask' },
    digest,
    charterDigest: 'c'.repeat(64),
    policyDigest: 'd'.repeat(64),
  };
  const shown = { what: 'Restart checkout', target: 'checkout', risk: 'medium' };
  return [
    { kind: 'diagnosis.made', by, about: { incident, service: 'checkout' } },
    { kind: 'action.proposed', by, about, versions, facts: { ...facts, arguments: { service: 'checkout' } } },
    {
      kind: 'approval.asked',
      by,
      about: { ...about, approval },
      facts: { digest, shown, terms: { roles: ['oncall'] } },
      words: { why: 'It leaks — „Speicher“ � voll.', evidence: 'heap 96 %\nheap 97 %' },
    },
    {
      kind: 'door.refused',
      by: { person: 'manager' as PersonId },
      about: { approval },
      because: ['Not yours.'],
    },
    ...cycles(1),
    {
      kind: 'approval.answered',
      by: { person: 'olga' as PersonId },
      about: { ...about, approval },
      facts: { answer: 'approve', digest, roles: ['oncall'] },
    },
    { kind: 'action.running', by, about, versions, facts },
    ...cycles(2, 2),
    { kind: 'action.ended', by, about, versions, facts: { status: 'done' }, because: ['Done.'] },
  ];
}

/** As the owner of the database may: the triggers are switched off around it. */
export async function tamper(db: Db, change: (db: Db) => Promise<unknown>): Promise<void> {
  await sql`alter table audit disable trigger all`.execute(db);
  await change(db);
  await sql`alter table audit enable trigger all`.execute(db);
}

/** Rewrites entry `seq` and seals it and everything after it anew, with hashes that are right. */
export async function reseal(db: Db, seq: number, rewrite: (text: string) => string): Promise<void> {
  const { rows } = await sql<{ seq: string; text: string; previous: Uint8Array }>`
    select seq::text, text, previous from audit where seq >= ${seq} order by audit.seq`.execute(db);
  let previous = Buffer.from(rows[0]?.previous ?? []);
  await tamper(db, async () => {
    await sql`delete from audit where seq >= ${seq}`.execute(db);
    for (const row of rows) {
      const text = Number(row.seq) === seq ? rewrite(row.text) : row.text;
      const content = createHash('sha256').update(text).digest();
      const hash = createHash('sha256').update(previous).update(content).digest();
      await sql`insert into audit (seq, chain, text, content, previous, hash)
        values (${row.seq}, 'trial', ${text}, ${content}, ${previous}, ${hash})`.execute(db);
      previous = hash;
    }
  });
}
