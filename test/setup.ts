import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { embeddedOn, startEmbedded } from '../src/postgres/embedded.ts';
import { migrate } from '../src/postgres/migrate.ts';

/** Before all tests: what of the outside answers, and an embedded database to copy. */
export default async function setup(project: TestProject): Promise<() => void> {
  const postgres = await answering(
    'Postgres',
    process.env.TEST_DATABASE_URL,
    'postgres://postgres@127.0.0.1:5432/test',
    asksPostgres,
  );
  const redis = await answering('Redis', process.env.TEST_REDIS_URL, 'redis://127.0.0.1:6379', asksRedis);
  const template = await dumpTemplate();
  project.provide('postgres', postgres);
  project.provide('redis', redis);
  project.provide('template', template);
  return () => rmSync(template, { force: true });
}

async function answering(
  what: string,
  given: string | undefined,
  usual: string,
  ask: (url: string) => Promise<void>,
) {
  const url = given ?? usual;
  if (given === 'none') return skipped(what, 'it was switched off');
  try {
    await ask(url);
    return url;
  } catch (error) {
    if (given) throw error;
    return skipped(what, 'nothing answers at its usual port');
  }
}

function skipped(what: string, why: string): undefined {
  console.warn(`\nSKIPPED: all tests on a real ${what}, because ${why}.\n`);
  return undefined;
}

async function asksPostgres(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  await client.connect();
  await client.end();
}

async function asksRedis(url: string): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null });
  redis.on('error', () => {});
  await redis.connect();
  await redis.ping();
  redis.disconnect();
}

async function dumpTemplate(): Promise<string> {
  const pglite = await startEmbedded();
  await migrate(embeddedOn(pglite).db);
  const dump = await pglite.dumpDataDir('none');
  await pglite.close();
  const file = join(tmpdir(), `roster-template-${process.pid}.tar`);
  writeFileSync(file, Buffer.from(await dump.arrayBuffer()));
  return file;
}
