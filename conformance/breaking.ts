import { sql } from 'kysely';
import { enforce, type Held, heldOf, keep } from '../src/charter/force.ts';
import { policyHeld } from '../src/policy/force.ts';
import { type Db, transact } from '../src/postgres/database.ts';
import { policy } from './desk.ts';
import type { Line } from './line.ts';

interface Place {
  /** The database, by a way of its own. */
  db: Db;
  /** The way that the gateway takes to it. */
  line: Line;
}

type Mend = () => Promise<unknown>;

const held = policyHeld(policy);
const newer = heldOf('policy', '2', { version: '2', verdicts: ['allow', 'ask'] });
/** The audit's own lock: whoever holds it keeps everybody else waiting. */
const auditLock = 5870110201;

/** Everything that can be down, by what it is: breaks it, and returns how it is mended. */
export const outages = {
  'policy: none in force': async ({ db }: Place): Promise<Mend> => {
    await sql`delete from in_force`.execute(db);
    return () => puts(db, held, 'none');
  },
  'policy: loosened in place': ({ db }: Place) =>
    asText(db, held.text.replace('"medium":"ask"', '"medium":"allow"')),
  'policy: cut off': ({ db }: Place) => asText(db, held.text.slice(0, 100)),
  'policy: empty': ({ db }: Place) => asText(db, ''),
  'policy: of another schema': async ({ db }: Place): Promise<Mend> => {
    await puts(db, newer, held.digest);
    return () => puts(db, held, newer.digest);
  },
  'policy: no table': ({ db }: Place) => withoutTable(db, 'in_force'),
  'database: nobody gets through': async ({ line }: Place): Promise<Mend> => {
    line.cut();
    return async () => line.mend();
  },
  'database: read only': async ({ db, line }: Place): Promise<Mend> => {
    await readOnly(db, 'on');
    await again(line);
    return async () => {
      await readOnly(db, 'off');
      await again(line);
    };
  },
  'audit: refuses': async ({ db }: Place): Promise<Mend> => {
    await sql`create trigger audit_full before insert on audit for each row execute function audit_refuse()`.execute(
      db,
    );
    return () => sql`drop trigger audit_full on audit`.execute(db);
  },
  'audit: no table': ({ db }: Place) => withoutTable(db, 'audit'),
  'audit: may not be added to': async ({ db }: Place): Promise<Mend> => {
    await sql`alter function audit_append rename to audit_gone`.execute(db);
    return () => sql`alter function audit_gone rename to audit_append`.execute(db);
  },
  'audit: held by another': async ({ db }: Place): Promise<Mend> => {
    const [taken, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const holding = transact(db, async (tx) => {
      await sql`select pg_advisory_xact_lock(${sql.lit(auditLock)})`.execute(tx);
      taken.resolve();
      await over.promise;
    });
    await Promise.race([taken.promise, holding]);
    return () => {
      over.resolve();
      return holding;
    };
  },
};

function puts(db: Db, { what, version, digest, ...held }: Held, from: string) {
  return transact(db, async (tx) => {
    await keep(tx, { what, version, digest, ...held });
    await enforce(tx, { what, version, from, to: digest }, { person: null, action: null });
  });
}

async function asText(db: Db, text: string): Promise<Mend> {
  const set = (now: string) =>
    sql`update kept_text set text = ${now} where digest = ${held.digest}`.execute(db);
  await set(text);
  return () => set(held.text);
}

async function withoutTable(db: Db, name: string): Promise<Mend> {
  const gone = `${name}_gone`;
  await sql`alter table ${sql.id(name)} rename to ${sql.id(gone)}`.execute(db);
  return () => sql`alter table ${sql.id(gone)} rename to ${sql.id(name)}`.execute(db);
}

/** As a standby is; whoever is connected stays as they were. */
async function readOnly(db: Db, is: 'on' | 'off'): Promise<void> {
  await db
    .transaction()
    .setAccessMode('read write')
    .execute(async (tx) => {
      const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(tx);
      const name = sql.id(rows[0]?.name ?? '');
      await sql`alter database ${name} set default_transaction_read_only = ${sql.lit(is)}`.execute(tx);
    });
}

/** Whoever is connected has to come again. */
async function again(line: Line): Promise<void> {
  line.cut();
  line.mend();
}
