// The kill switch for an operator: thrown and released from the command line.
import { z } from 'zod';
import { type Known, kill, type Switchboard, scopeOf, unkill, unknownScope } from './actions/kill.ts';
import { reads } from './actions/may-read.ts';
import type { Scope } from './actions/stops.ts';
import type { Charter } from './charter/charter.ts';
import { openQueue, type Queue } from './jobs/queue.ts';
import type { Answer } from './operator.ts';
import type { Database } from './postgres/database.ts';
import { openOwnBroadcast, openRedisBroadcast } from './redis/broadcast.ts';
import type { Settings } from './settings.ts';

/** What throwing and releasing needs. */
export interface Switches {
  known(): Known;
  /** Tells every process in reach; false when the others could not be told. Never throws. */
  tell(scope: Scope): Promise<boolean>;
  board(): Promise<Switchboard>;
}

export const switchAsked = z.strictObject({ what: z.string() });
type Asked = z.infer<typeof switchAsked>;

/** Who may run the command line owns the machine: no person is known there, and the record says *operator*. */
export async function throwByOperator(switches: Switches, { what }: Asked): Promise<Answer> {
  const scope = scopeOf(what, switches.known());
  if (!scope) return { kind: 'wrong', because: unknownScope(what, switches.known()) };
  // Before the queue is opened, which waits for the database.
  await switches.tell(scope);
  return { kind: 'json', value: await kill(await switches.board(), scope, 'operator') };
}

/** Releases it, under the same name. */
export async function releaseByOperator(switches: Switches, { what }: Asked): Promise<Answer> {
  const scope = scopeOf(what, switches.known());
  if (!scope) return { kind: 'wrong', because: unknownScope(what, switches.known()) };
  return { kind: 'json', value: await unkill(await switches.board(), scope, 'operator') };
}

/** The workers there are, the tools that stand in a charter, and what reads. */
export function namesIn(charters: Charter[]): Known {
  const tools = charters.flatMap(({ authority }) => Object.values(authority).flat());
  return { workers: charters.map(({ worker }) => worker), tools: [...new Set([...tools, ...reads])] };
}

type Where = Pick<Settings, 'redisUrl' | 'site'>;

/** For a process that does nothing else: queue and broadcast are opened when they are needed, and closed by `close`. */
export function switchesOf(where: Where, database: Database, known: () => Known) {
  const opened: (() => Promise<void>)[] = [];
  const broadcast = once(async () => {
    const one = where.redisUrl ? await openRedisBroadcast(where.redisUrl) : openOwnBroadcast();
    opened.push(one.close);
    return one;
  });
  // Of those who work elsewhere without Redis nobody hears.
  const tell = async (scope: Scope) => {
    const heard = await broadcast().then(
      (one) => one.publish(scope),
      () => false,
    );
    return heard && where.redisUrl !== undefined;
  };
  const board = async (): Promise<Switchboard> => {
    const queue = await openQueue(database, silent, false).catch(missing);
    opened.push(() => queue.stop(0));
    return { db: database.db, queue, chain: where.site.kind, tell };
  };
  const close = async () => {
    for (const one of opened.reverse()) await one().catch(() => {});
  };
  return { known, tell, board, close };
}

/** The queue of a database that is down: whoever needs it is told so by the database first. */
function missing(error: unknown): Queue {
  return { add: () => Promise.reject(error), work: async () => {}, stop: async () => {} };
}

const silent = { warn: () => {}, error: () => {} };

function once<T>(open: () => Promise<T>): () => Promise<T> {
  let opening: Promise<T> | undefined;
  return () => {
    opening ??= open();
    return opening;
  };
}
