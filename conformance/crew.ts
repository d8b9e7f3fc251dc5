// Three processes that work on one Postgres and, if it answers, one Redis, each over lines of its own that can be cut.
// The system outside is here: it notes when each effect began and when it was stopped.
import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { ActionId } from '../src/ids.ts';
import { openQueue } from '../src/jobs/queue.ts';
import { type Desk, handleOf } from './desk.ts';
import { type Line, openLine } from './line.ts';
import { talk } from './talk.ts';

/** One thing that was done outside; times in milliseconds of this process's clock. */
export interface Begun {
  action: ActionId;
  tool: string;
  at: number;
  /** It takes longer, and can be stopped. */
  lasts: boolean;
  stoppedAt?: number;
}

export interface Hand {
  database: Line;
  /** Undefined where no Redis answers. */
  redis: Line | undefined;
  ask(what: 'work' | 'kill' | 'publish' | 'heard', given: unknown): Promise<unknown>;
}

export interface Crew {
  hands: Hand[];
  begun: Map<ActionId, Begun>;
  /** How often an effect was begun that had begun before. */
  doubled(): number;
  close(): Promise<void>;
}

/** How long what lasts takes when nobody stops it. */
const lastsMs = 8_000;
const many = 3;

/** Opens a crew on a desk's Postgres. */
export async function openCrew(desk: Desk): Promise<Crew> {
  const url = 'connectionString' in desk.database.queue ? desk.database.queue.connectionString : '';
  await (await openQueue(desk.database, { warn: () => {}, error: () => {} })).stop(0);
  const redisUrl = await answeringRedis();
  const outside = openOutside();
  const prefix = `roster-${randomUUID()}:`;
  const children: ChildProcess[] = [];
  const open = async (): Promise<Hand> => {
    const database = await openLine(url, 5432);
    const redis = redisUrl ? await openLine(redisUrl, 6379) : undefined;
    const child = fork(join(import.meta.dirname, 'hand.ts'), [database.url, redis?.url ?? '', prefix], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    children.push(child);
    const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
    const ask = talk(child, { ...outside.answers, ready: () => resolve() });
    child.once('exit', (code) => reject(new Error(`A process of the crew ended with ${code}.`)));
    await ready;
    return { database, redis, ask };
  };
  const hands = await Promise.all(Array.from({ length: many }, open));
  return {
    hands,
    begun: outside.begun,
    doubled: outside.doubled,
    close: async () => {
      await Promise.all(
        children.map(async (child) => {
          child.kill('SIGKILL');
          await once(child, 'exit');
        }),
      );
      for (const { database, redis } of hands) {
        database.close();
        redis?.close();
      }
    },
  };
}

function openOutside() {
  const begun = new Map<ActionId, Begun>();
  let doubled = 0;
  const of = (handle: string) => begun.get(handle.replace(handleOf(''), '') as ActionId);
  const isDone = ({ at, lasts }: Begun) => !lasts || performance.now() - at > lastsMs;
  const done = { kind: 'done', output: 'done' };
  const answers = {
    start: ({ name, key }: { name: string; key: ActionId }) => {
      if (begun.has(key)) doubled += 1;
      const lasts = name === 'rotate';
      begun.set(key, { action: key, tool: name, at: performance.now(), lasts });
      return lasts ? { kind: 'running', handle: handleOf(key) } : done;
    },
    look: (handle: string) => {
      const one = of(handle);
      if (one?.stoppedAt) return { kind: 'failed', because: 'It ended as canceled.' };
      return one && isDone(one) ? done : { kind: 'running', handle };
    },
    find: (key: ActionId) => (begun.has(key) ? handleOf(key) : undefined),
    cancel: (handle: string) => {
      const one = of(handle);
      if (!one || isDone(one)) return done;
      one.stoppedAt ??= performance.now();
      return { kind: 'cancelled' };
    },
  };
  return { begun, answers, doubled: () => doubled };
}

/** The Redis of TEST_REDIS_URL or at the usual port; none when it is `none`, or nothing answers there. */
async function answeringRedis(): Promise<string | undefined> {
  const url = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379';
  if (url === 'none') return undefined;
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null });
  redis.on('error', () => {});
  const answers = await redis.connect().then(
    () => true,
    () => false,
  );
  redis.disconnect();
  return answers ? url : undefined;
}
