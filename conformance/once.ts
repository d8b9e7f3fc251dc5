import fc from 'fast-check';
import type { Action } from '../src/actions/action.ts';
import type { Gateway } from '../src/actions/gateway.ts';
import type { ActionId, PersonId } from '../src/ids.ts';
import { peopleOf } from '../src/people/people.ts';
import type { Progress } from '../src/tools/tool.ts';
import type { Class } from './class.ts';
import { askFor, type Desk, dawdle, handleOf, onCall, tryAdvance, violation } from './desk.ts';

interface Click {
  answer: 'approve' | 'reject';
  account: (typeof accounts)[number];
  /** Milliseconds. */
  after: number;
}

interface Case {
  /** What is clicked at the same time. */
  clicks: Click[];
  /** How many jobs want to run it, and after how many milliseconds each. */
  jobs: number[];
  outside: (typeof outsides)[number];
  /** On an incident, where a lock more is taken. */
  onIncident: boolean;
}

const accounts = ['slack:U1', 'teams:29:1', 'slack:U2'] as const;
const outsides = ['done', 'running', 'lost after it began', 'lost before it began'] as const;

/** One human on two surfaces, and another. */
const people = peopleOf([
  { ...onCall, name: 'Maria', accounts: ['slack:U1', 'teams:29:1'] },
  { id: 'p-second' as PersonId, name: 'Dan', roles: ['on-call'], accounts: ['slack:U2'] },
]);

const times = <T>(many: number, one: T) => Array.from({ length: many }, () => one);
const after = fc.integer({ min: 0, max: 3 });
const click: fc.Arbitrary<Click> = fc.record({
  answer: fc.constantFrom('approve', 'approve', 'reject'),
  account: fc.constantFrom(...accounts),
  after,
});
const pair = (first: Omit<Click, 'after'>, second: Omit<Click, 'after'>) =>
  fc.tuple(after, after).map(([one, two]): Click[] => [
    { ...first, after: one },
    { ...second, after: two },
  ]);
const approve = { answer: 'approve', account: 'slack:U1' } as const;
const clicks = fc.oneof(
  { weight: 3, arbitrary: click.map((one) => times(2, one)) },
  { weight: 3, arbitrary: pair(approve, { answer: 'reject', account: 'slack:U2' }) },
  { weight: 3, arbitrary: pair(approve, { answer: 'approve', account: 'teams:29:1' }) },
  { weight: 1, arbitrary: click.map((one) => times(11, one)) },
  { weight: 2, arbitrary: fc.array(click, { minLength: 1, maxLength: 5 }) },
);
const job = fc.integer({ min: 0, max: 6 });
const jobs = fc.oneof(
  { weight: 9, arbitrary: fc.array(job, { minLength: 1, maxLength: 3 }) },
  { weight: 1, arbitrary: job.map((one) => times(11, one)) },
);

/**
 * Clicked twice, approved and rejected at once, by one human from two accounts, delivered eleven times: never more
 * than one effect. A try is one action.
 */
export const once: Class<Case> = {
  name: 'once',
  tries: { quick: 100, whole: 100_000 },
  cases: fc.record({
    clicks,
    jobs,
    outside: fc.constantFrom(...outsides),
    onIncident: fc.constantFrom(true, false, false),
  }),
  always: outsides.map((outside) => ({
    clicks: times(11, { ...approve, after: 0 }),
    jobs: times(11, 0),
    outside,
    onIncident: true,
  })),
  attempt: async (desk, { clicks, jobs, outside, onIncident }) => {
    const { id, approval } = await askFor(desk, onIncident ? {} : { incident: null });
    const gateway = before(desk, outside);
    const clicked = clicks.map(async ({ answer, account, after }) => {
      await dawdle(after);
      const person = people.whoIs(account);
      if (!person) return 'unknown';
      const said =
        answer === 'approve' ? { kind: answer } : { kind: answer, reason: 'Not while the shop is full.' };
      return (await desk.says(approval.id, person, said)).kind;
    });
    const ran = jobs.map(async (after) => {
      await dawdle(after);
      await tryAdvance(gateway, id);
    });
    const [kinds] = await Promise.all([Promise.all(clicked), Promise.all(ran)]);
    const { status } = await untilEnded(desk, gateway, id);
    // Once more, as a job that comes late.
    await tryAdvance(gateway, id);
    if (kinds.filter((kind) => kind === 'recorded').length !== 1) return `Not one click counted: ${kinds}.`;
    return (await violation(desk, id)) ?? unexpected(desk, id, { outside, status, alone: jobs.length === 1 });
  },
};

/** Advances as often as the queue would at the most, but no more than is needed. */
async function untilEnded(desk: Desk, gateway: Gateway, id: ActionId): Promise<Action> {
  let action = await desk.action(id);
  for (let again = 0; again < 4 && !action.endedAt; again += 1) {
    await tryAdvance(gateway, id);
    action = await desk.action(id);
  }
  return action;
}

/** The same tool, its answer lost on the way or its work not ended at once. */
function before(desk: Desk, outside: Case['outside']): Gateway {
  const counted = desk.tool({ name: 'roll-back', risk: 'medium' });
  const start = async (given: never, key: string): Promise<Progress> => {
    if (outside === 'lost before it began') throw new Error('The line was cut.');
    const progress = await counted.start(given, key);
    if (outside === 'lost after it began') throw new Error('The line was cut.');
    return outside === 'running' ? { kind: 'running', handle: handleOf(key) } : progress;
  };
  return { ...desk.gateway, tools: [{ ...counted, start }] };
}

/**
 * An approved action has run, a rejected one has not, and what is not known says so. The queue never runs two jobs
 * of one action at once; where they are all the same, the second may find the first begun and nothing outside yet,
 * and then a person is told to look.
 */
async function unexpected(
  desk: Desk,
  id: ActionId,
  { outside, status, alone }: { outside: Case['outside']; status: Action['status']; alone: boolean },
): Promise<string | undefined> {
  const approval = await desk.asked(id);
  const effects = desk.effects(id).length;
  const rejected = approval.status === 'rejected';
  const wanted = rejected ? 'rejected' : outside === 'lost before it began' ? 'indeterminate' : 'done';
  const times = wanted === 'done' ? 1 : 0;
  if (status === wanted && effects === times) return undefined;
  if (!alone && wanted === 'done' && status === 'indeterminate' && effects <= 1) return undefined;
  return `It is ${status} after ${effects} effects; wanted was ${wanted} after ${times}.`;
}
