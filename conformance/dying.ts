// A process of its own with the gateway and the real queue on a real database, which says when it has come to the
// step it is to stop at, and then goes no further: whoever started it kills it there.
// Not a judge: what was done stands in the database and in the system outside, which outlive it.
import { EventEmitter, once } from 'node:events';
import { flushCompileCache } from 'node:module';
import { advance } from '../src/actions/advance.ts';
import { cancel } from '../src/actions/cancel.ts';
import type { Gateway } from '../src/actions/gateway.ts';
import { kill } from '../src/actions/kill.ts';
import { propose } from '../src/actions/propose.ts';
import { answer } from '../src/approvals/answer.ts';
import { lapse, remind } from '../src/approvals/lapse.ts';
import type { ActionId, IncidentId, WorkerId } from '../src/ids.ts';
import { type Handlers, jobNames } from '../src/jobs/job.ts';
import { openQueue } from '../src/jobs/queue.ts';
import { type Desk, deed, onCall, openDesk, owner } from './desk.ts';
import { type Manner, toolOn } from './outside.ts';
import { openWatched } from './watched.ts';

export interface Plan {
  database: string;
  outside: string;
  manner: Manner;
  /** The step to stop at; the second time it comes to it is called `… again`. None: it works until it is ended. */
  stop?: string;
  /** Whether the people who are asked approve before any job is done; otherwise when they are told to. */
  clicks: boolean;
  /** Whether the kill switch is thrown once the effect has been looked at, or at once. */
  kills?: 'when looked at' | 'at once' | undefined;
  /** How wrong this process's clock is. */
  clockMs?: number;
}

const plan: Plan = JSON.parse(process.argv[2] ?? '{}');
const reached = new Set<string>();
const arrived = new EventEmitter();

async function at(step: string): Promise<void> {
  const name = reached.has(step) ? `${step} again` : step;
  reached.add(step);
  arrived.emit(step);
  if (name !== plan.stop) return;
  process.send?.({ at: name });
  await new Promise(() => {});
}

function setClock(wrongByMs: number): void {
  const Right = Date;
  const now = () => Right.now() + wrongByMs;
  globalThis.Date = new Proxy(Right, {
    construct: (_, given) => Reflect.construct(Right, given.length > 0 ? given : [now()]),
    get: (_, name) => (name === 'now' ? now : Reflect.get(Right, name)),
  });
}

function handlersOf(gateway: Gateway): Handlers {
  const nothing = Object.fromEntries(jobNames.map((name) => [name, async () => {}]));
  return {
    ...(nothing as unknown as Handlers),
    'advance-action': async ({ action }) => {
      await at('job: taken');
      await advance(gateway, action);
      await at('job: done');
    },
    'cancel-action': async ({ action }) => {
      await at('cancel job: taken');
      await cancel(gateway, action);
      await at('cancel job: done');
    },
    'remind-approval': ({ approval }) => remind(gateway, approval),
    'lapse-approval': ({ approval }) => lapse(gateway, approval),
  };
}

/** Everybody who is asked approves, and types what is to be typed. */
async function click(desk: Desk, gateway: Gateway, id: ActionId): Promise<void> {
  const { tool } = plan.manner;
  if (tool === 'restart') return;
  const { id: approval, question } = await desk.asked(id);
  for (const person of tool === 'drop' ? [onCall, owner] : [onCall])
    await answer(
      { ...gateway, refusals: desk.refusals },
      { approval, person, answer: { kind: 'approve', typed: question.target } },
    );
}

async function main(): Promise<void> {
  const database = openWatched(plan.database, at);
  const desk = await openDesk(database);
  const queue = await openQueue(database, { warn: () => {}, error: () => {} });
  const tools = [toolOn(desk, plan.outside, plan.manner, at)];
  const gateway = { ...desk.gateway, queue, tools };
  const looked = once(arrived, 'look: answered');
  const [worker, incident] = ['w-dying' as WorkerId, 'inc-dying' as IncidentId];
  // The same step of the same incident: proposed by each process, it is one action.
  const id = await propose(gateway, deed({ worker, incident, step: 0, tool: plan.manner.tool }));
  if (plan.clicks) await click(desk, gateway, id);
  await queue.work(handlersOf(gateway), []);
  // A process that is killed keeps nothing for the next.
  flushCompileCache();
  process.send?.({ at: 'working' });
  process.on('message', () => void click(desk, gateway, id).then(() => process.send?.({ at: 'clicked' })));
  if (plan.kills === 'when looked at') await looked;
  if (plan.kills) await kill(gateway, 'all', onCall.id);
}

// Nobody is left to judge: nothing is to go on.
process.on('disconnect', () => process.exit());
if (plan.clockMs) setClock(plan.clockMs);
await main();
