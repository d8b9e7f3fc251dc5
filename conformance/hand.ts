// A process of its own that works actions off a shared database; what it does outside, it does in the process that started it.
import { setTimeout } from 'node:timers/promises';
import { advance } from '../src/actions/advance.ts';
import { cancel, hearKill } from '../src/actions/cancel.ts';
import type { Gateway } from '../src/actions/gateway.ts';
import { kill } from '../src/actions/kill.ts';
import { propose } from '../src/actions/propose.ts';
import type { Scope } from '../src/actions/stops.ts';
import type { WorkerId } from '../src/ids.ts';
import { type Handlers, jobNames } from '../src/jobs/job.ts';
import { openQueue } from '../src/jobs/queue.ts';
import { openPool } from '../src/postgres/pool.ts';
import { openOwnBroadcast, openRedisBroadcast } from '../src/redis/broadcast.ts';
import type { Tool } from '../src/tools/tool.ts';
import { charterOf, deed, gatewayOn, onCall } from './desk.ts';
import { talk } from './talk.ts';
import { toolNamed } from './tools.ts';

const [databaseUrl = '', redisUrl = '', prefix = ''] = process.argv.slice(2);
const quiet = { warn: () => {}, error: () => {} };

process.on('disconnect', () => process.exit(0));

/** Every message that came, to see whether one does. */
const heard = new Set<string>();

/** Whose deeds are proposed now, over and over. */
let workers: WorkerId[] = [];

const ask = talk(process, {
  work: (given: WorkerId[]) => {
    workers = given;
  },
  publish: (word: string) => broadcast.publish(word),
  heard: (word: string) => heard.has(word),
  kill: (scope: Scope) => kill({ ...gateway, tell: broadcast.publish }, scope, onCall.id),
});

const toolOutside = (name: string) =>
  toolNamed({
    name,
    risk: 'low',
    start: (_, key) => ask('start', { name, key }) as ReturnType<Tool['start']>,
    look: (handle) => ask('look', handle) as ReturnType<Tool['look']>,
    find: (key) => ask('find', key) as ReturnType<Tool['find']>,
    cancel: (handle) => ask('cancel', handle) as ReturnType<NonNullable<Tool['cancel']>>,
  });

const database = openPool(databaseUrl, 6);
const queue = await openQueue(database, quiet, false);
const broadcast = redisUrl ? await openRedisBroadcast(redisUrl, prefix) : openOwnBroadcast();
const gateway: Gateway = {
  ...gatewayOn(database.db, [toolOutside('restart'), toolOutside('rotate')]),
  queue,
  lookAgainMs: 500,
  charterOf: (worker) => {
    const charter = charterOf(worker);
    return { ...charter, authority: { ...charter.authority, autonomous: ['restart', 'rotate'] } };
  },
};
broadcast.subscribe((word) => {
  heard.add(word);
  void hearKill(gateway, word);
});
const never = async () => {};
await queue.work(
  {
    ...(Object.fromEntries(jobNames.map((name) => [name, never])) as unknown as Handlers),
    'advance-action': ({ action }) => advance(gateway, action),
    'cancel-action': ({ action }) => cancel(gateway, action),
  },
  [],
);
await ask('ready');

for (let nth = 0; ; nth += 1) {
  const worker = workers[nth % workers.length];
  const tool = nth % 3 === 0 ? 'rotate' : 'restart';
  const given = { server: `web-${process.pid}-${nth}`, value: 'a' };
  // Without a database nothing is proposed.
  if (worker) await propose(gateway, deed({ worker, tool, incident: null, arguments: given })).catch(never);
  await setTimeout(20);
}
