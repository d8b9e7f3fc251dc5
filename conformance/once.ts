import fc from 'fast-check';
import type { Gateway } from '../src/actions/gateway.ts';
import type { ActionId, PersonId } from '../src/ids.ts';
import { peopleOf } from '../src/people/people.ts';
import type { Progress } from '../src/tools/tool.ts';
import type { Class } from './class.ts';
import { askFor, type Desk, dawdle, handleOf, onCall, tryAdvance, violation } from './desk.ts';

interface Case {
  /** What is clicked at the same time, from which account, after how many milliseconds. */
  clicks: { answer: 'approve' | 'reject'; account: (typeof accounts)[number]; after: number }[];
  /** How many jobs want to run it, and after how many milliseconds each. */
  jobs: number[];
  outside: (typeof outsides)[number];
}

const accounts = ['slack:U1', 'teams:29:1', 'slack:U2'] as const;
const outsides = ['done', 'running', 'lost after it began', 'lost before it began'] as const;

/** One human on two surfaces, and another. */
const people = peopleOf([
  { ...onCall, name: 'Maria', accounts: ['slack:U1', 'teams:29:1'] },
  { id: 'p-second' as PersonId, name: 'Dan', roles: ['on-call'], accounts: ['slack:U2'] },
]);

/** Clicked twice, by several, delivered again and again: never more than one effect. */
export const once: Class<Case> = {
  name: 'once',
  tries: { quick: 60, whole: 20_000 },
  cases: fc.record({
    clicks: fc.array(
      fc.record({
        answer: fc.constantFrom('approve', 'approve', 'reject'),
        account: fc.constantFrom(...accounts),
        after: fc.integer({ min: 0, max: 3 }),
      }),
      { minLength: 1, maxLength: 12 },
    ),
    jobs: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 11 }),
    outside: fc.constantFrom(...outsides),
  }),
  always: outsides.map((outside) => ({
    clicks: Array.from({ length: 11 }, () => ({ answer: 'approve', account: 'slack:U1', after: 0 })),
    jobs: Array.from({ length: 11 }, () => 0),
    outside,
  })),
  attempt: async (desk, { clicks, jobs, outside }) => {
    const { id, approval } = await askFor(desk);
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
    for (let again = 0; again < 4; again += 1) await tryAdvance(gateway, id);
    if (kinds.filter((kind) => kind === 'recorded').length !== 1) return `Not one click counted: ${kinds}.`;
    return (await violation(desk, id)) ?? unexpected(desk, id, { outside, alone: jobs.length === 1 });
  },
};

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
  { outside, alone }: { outside: Case['outside']; alone: boolean },
): Promise<string | undefined> {
  const [{ status }, approval] = [await desk.action(id), await desk.asked(id)];
  const effects = desk.effects(id).length;
  const rejected = approval.status === 'rejected';
  const wanted = rejected ? 'rejected' : outside === 'lost before it began' ? 'indeterminate' : 'done';
  const times = wanted === 'done' ? 1 : 0;
  if (status === wanted && effects === times) return undefined;
  if (!alone && wanted === 'done' && status === 'indeterminate' && effects <= 1) return undefined;
  return `It is ${status} after ${effects} effects; wanted was ${wanted} after ${times}.`;
}
