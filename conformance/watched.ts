import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Database } from '../src/postgres/database.ts';

/** Told of each named step; the work does not go on before it has answered. */
export type At = (step: string) => Promise<void>;

/** What is written says which transaction it is, and how far that has got. */
const written: [statement: RegExp, transaction: string, step: string][] = [
  [/^insert into action\s/, 'propose', 'written'],
  [/^insert into approval_answer/, 'answer', 'written'],
  [/from action where id = \$1 for update/, 'run', 'locked'],
  [/^update approval set consumed_at/, 'run', 'approval used up'],
  [/^update action set status = 'running'/, 'run', 'written'],
  [/^update action set handle/, 'handle', 'written'],
  [/^update action set status = \$1, output/, 'finish', 'written'],
  [/^insert into kill_switch/, 'kill', 'written'],
];

/** The Postgres at `url`, whose transactions say at each step how far they have got: *written*, *recorded*, *committed*. */
export function openWatched(url: string, at: At): Database {
  const pool = new pg.Pool({ connectionString: url, max: 4, connectionTimeoutMillis: 5_000 });
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const { options, end } = pool;
  const connect = async () => watched(await pool.connect(), at);
  const db = new Kysely<object>({
    dialect: new PostgresDialect({ pool: { connect, end: end.bind(pool), options } }),
  });
  return { db, kind: 'postgres', queue: { connectionString: url }, warnings: [], close: () => db.destroy() };
}

function watched(client: pg.PoolClient, at: At) {
  let transaction: string | undefined;
  const query = async (text: string, values: readonly unknown[]) => {
    const result = await client.query(text, [...values]);
    const [, named, step] = written.find(([statement]) => statement.test(text)) ?? [];
    transaction = named ?? transaction;
    if (named) await at(`${named}: ${step}`);
    if (transaction && text.includes('audit_append')) await at(`${transaction}: recorded`);
    if (text !== 'commit' && text !== 'rollback') return result;
    const ended = transaction;
    transaction = undefined;
    if (ended && text === 'commit') await at(`${ended}: committed`);
    return result;
  };
  return { query: query as never, release: (broken?: boolean) => client.release(broken) };
}
