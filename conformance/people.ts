import fc from 'fast-check';
import type { Approval } from '../src/approvals/approval.ts';
import type { ApprovalId, PersonId } from '../src/ids.ts';
import { type Asked, asker, everyUser, isRightful, people, rightfulAt, users } from './cast.ts';
import type { Class } from './class.ts';
import { askFor, type Desk, tryAdvance, violation } from './desk.ts';
import { openDoor } from './door.ts';
import { everyClaim, isGenuine, type Knock, requestOf, type Sending, sendings } from './knocks.ts';

interface Press {
  account: string;
  typed: string | undefined;
}

interface Case {
  tool: Asked;
  /** What is pressed where an account is known to be whose it says, or what comes to the door. */
  by: { presses: Press[] } | { knocks: Knock[] };
  atOnce: boolean;
}

type Counted = { id: PersonId; roles: string[] }[];

const target = 'web-1';
const tools = ['roll-back', 'drop'] as const;
const ways = ['click', 'form'] as const;
const everySending = Object.keys(sendings) as Sending[];
const slack = (user: string) => `slack:${user}`;
const linked = [...[...users.fit, ...users.unfit].map(slack), 'teams:29:asker', 'teams:29:one'];
const strangers = [...users.alike, ...users.alike.map(slack), ...users.unlinked.map(slack), 'teams:UONE'];

const knock = (user: string, more: Partial<Knock> = {}): Knock => ({
  user,
  claims: 'nowhere',
  way: 'form',
  sent: 'honestly',
  ...more,
});

const inTurn = (tool: Asked, by: Case['by'], atOnce = false): Case => ({ tool, by, atOnce });
const pressed = (tool: Asked, accounts: string[], atOnce = false) =>
  inTurn(tool, { presses: accounts.map((account) => ({ account, typed: target })) }, atOnce);
const knocked = (tool: Asked, ...knocks: Knock[]) => inTurn(tool, { knocks });
const one = ['slack:UONE', 'slack:UONE2', 'teams:29:one'];
const thrice = (user: string) => [user, user, user];

/** Everybody, each in every way; then one human twice, forged senders, and requests that Slack did not send now. */
const always: Case[] = [
  knocked('roll-back', knock('UONE', { way: 'click' })),
  knocked('drop', knock('UTWO'), knock('UTHREE', { way: 'click' })),
  ...tools.flatMap((tool) => everyUser.map((user) => knocked(tool, ...thrice(user).map((id) => knock(id))))),
  ...everyUser.map((user) => knocked('roll-back', knock(user, { way: 'click' }))),
  ...everySending.flatMap((sent) => ways.map((way) => knocked('roll-back', knock('UONE', { sent, way })))),
  ...everyClaim.flatMap((claims) =>
    ['USALES', 'UGUEST', 'UUNLINKED'].map((user) => knocked('roll-back', knock(user, { claims }))),
  ),
  knocked('drop', knock('UONE'), knock('UONE2')),
  ...[true, false].flatMap((atOnce) => [
    pressed('drop', one, atOnce),
    inTurn('drop', { knocks: ['UONE', 'UONE2', 'UONE'].map((user) => knock(user)) }, atOnce),
  ]),
  ...tools.flatMap((tool) => [...linked, ...strangers].map((who) => pressed(tool, thrice(who)))),
];

const press = fc.record({
  account: fc.oneof(fc.constantFrom(...linked, ...strangers), fc.string({ maxLength: 8 })),
  typed: fc.constantFrom(undefined, target, ` ${target} `, 'web-2', 'WEB-1', ''),
});
const anyKnock: fc.Arbitrary<Knock> = fc.record({
  user: fc.oneof(fc.constantFrom(...users.fit), fc.constantFrom(...everyUser), fc.string({ maxLength: 8 })),
  claims: fc.oneof(fc.constant('nowhere' as const), fc.constantFrom(...everyClaim)),
  way: fc.constantFrom(...ways),
  sent: fc.oneof(fc.constant('honestly' as const), fc.constantFrom(...everySending)),
});

/** Whoever presses, and whoever says so: only distinct humans who may, each in a seat of their own, make it run. */
export const wrongPeople: Class<Case> = {
  name: 'people',
  tries: { quick: always.length, whole: 2_000 },
  cases: fc.record({
    tool: fc.constantFrom(...tools),
    by: fc.oneof(
      fc.record({ presses: fc.array(press, { minLength: 1, maxLength: 7 }) }),
      fc.record({ knocks: fc.array(anyKnock, { minLength: 1, maxLength: 4 }) }),
    ),
    atOnce: fc.boolean(),
  }),
  always,
  attempt: async (desk, { tool, by, atOnce }) => {
    const { id, approval } = await askFor(desk, { tool, requestedBy: asker });
    const took =
      'presses' in by
        ? await pressAll(desk, approval.id, by.presses, atOnce)
        : await knockAll(desk, { tool, approval }, by.knocks, atOnce);
    if (typeof took === 'string') return took;
    await Promise.all([tryAdvance(desk.gateway, id), tryAdvance(desk.gateway, id)]);
    const ran = desk.effects(id).length === 1;
    const typed = 'knocks' in by || by.presses.some((one) => one.typed?.trim() === target);
    if (ran && tool === 'drop' && !typed) return 'Nobody had typed the name of the target.';
    return miscounted(tool, took, ran) ?? violation(desk, id);
  },
};

/** Those whose answer was counted. */
async function pressAll(
  desk: Desk,
  approval: ApprovalId,
  presses: Press[],
  atOnce: boolean,
): Promise<Counted> {
  const counted: Counted = [];
  await each(presses, atOnce, async ({ account, typed }) => {
    const whoever = people.whoIs(account);
    if (!whoever) return;
    const said = typed === undefined ? { kind: 'approve' as const } : { kind: 'approve' as const, typed };
    const { kind } = await desk.says(approval, whoever, said);
    if (kind === 'recorded') counted.push(whoever);
  });
  return counted;
}

/** Those whose answer was counted; a sentence when one was that nobody gave, or when one was not that somebody gave. */
async function knockAll(
  desk: Desk,
  { tool, approval }: { tool: Asked; approval: Approval },
  knocks: Knock[],
  atOnce: boolean,
): Promise<Counted | string> {
  const door = await openDoor(desk);
  let forged: Knock | undefined;
  try {
    await each(knocks, atOnce, async (one) => {
      const status = await door.send(requestOf(one, approval.id, target));
      if (status === 200 && one.sent !== 'honestly') forged = one;
    });
  } finally {
    await door.close();
  }
  if (forged) return `What came ${forged.sent} was taken at the door.`;
  const { answers } = await desk.asked(approval.action);
  const rightful = knocks.flatMap((one) => (isGenuine(one) ? (rightfulAt(tool, one.user) ?? []) : []));
  const unasked = answers.find(({ person }) => !rightful.includes(person));
  if (unasked) return `${unasked.person} was counted and had not answered.`;
  if (tool === 'roll-back' && rightful.length > 0 && answers.length === 0)
    return `${rightful[0]} answered and was not counted.`;
  return answers.map(({ person, roles }) => ({ id: person, roles }));
}

async function each<T>(all: T[], atOnce: boolean, work: (one: T) => Promise<void>): Promise<void> {
  if (atOnce) await Promise.all(all.map(work));
  else for (const one of all) await work(one);
}

function miscounted(tool: Asked, counted: Counted, ran: boolean): string | undefined {
  const wrong = counted.find((one) => !isRightful(tool, one));
  if (wrong) return `${wrong.id} was counted.`;
  if (new Set(counted.map((one) => one.id)).size < counted.length) return 'One human was counted twice.';
  const enough = tool === 'drop' ? seatsTaken(counted) : counted.length === 1;
  return ran === enough
    ? undefined
    : `It ${ran ? 'ran' : 'did not run'} after ${counted.map((one) => one.id)}.`;
}

/** By this kit's own reckoning: one of two has the first seat's role, and both have the second's. */
function seatsTaken(counted: Counted): boolean {
  return counted.length === 2 && counted.some(({ roles }) => roles.includes('on-call'));
}
