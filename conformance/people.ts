import fc from 'fast-check';
import type { PersonId } from '../src/ids.ts';
import { peopleOf } from '../src/people/people.ts';
import type { Class } from './class.ts';
import { askFor, type Human, manager, tryAdvance, violation } from './desk.ts';

interface Press {
  account: string;
  typed: string | undefined;
}

interface Case {
  tool: 'roll-back' | 'drop';
  presses: Press[];
  atOnce: boolean;
}

const person = (id: string, roles: string[], ...accounts: string[]) => ({
  id: id as PersonId,
  name: id,
  roles,
  accounts,
});

/** Who asked, who answers for the worker, one human with three accounts, people of other roles and of none. */
const people = peopleOf([
  person('p-asker', ['on-call', 'database-owner'], 'slack:UASKER', 'teams:29:asker'),
  person(manager.id, ['on-call', 'database-owner'], 'slack:UMANAGER'),
  person('p-one', ['on-call'], 'slack:UONE', 'slack:UONE2', 'teams:29:one'),
  person('p-two', ['database-owner'], 'slack:UTWO'),
  person('p-three', ['on-call', 'database-owner'], 'slack:UTHREE'),
  person('p-sales', ['sales'], 'slack:USALES'),
  person('p-nobody', [], 'slack:UNOBODY'),
]);
const known = ['UASKER', 'UMANAGER', 'UONE', 'UONE2', 'UTWO', 'UTHREE', 'USALES', 'UNOBODY'].map(
  (id) => `slack:${id}`,
);
const linked = [...known, 'teams:29:asker', 'teams:29:one'];
/** Nobody's, though each looks like somebody's. */
const strangers = ['slack:uone', 'slack:UONE ', 'teams:UONE', 'UONE', 'slack:p-one', 'slack:__proto__', ''];
const target = 'web-1';

/** Whoever presses: only distinct humans who may, each in a seat of their own, make it run. */
export const wrongPeople: Class<Case> = {
  name: 'people',
  tries: { quick: 80, whole: 5_000 },
  cases: fc.record({
    tool: fc.constantFrom('roll-back', 'drop'),
    presses: fc.array(
      fc.record({
        account: fc.oneof(fc.constantFrom(...linked, ...strangers), fc.string({ maxLength: 8 })),
        typed: fc.constantFrom(undefined, target, ` ${target} `, 'web-2', 'WEB-1', ''),
      }),
      { minLength: 1, maxLength: 7 },
    ),
    atOnce: fc.boolean(),
  }),
  always: [
    ...[...linked, ...strangers].flatMap((account) =>
      (['roll-back', 'drop'] as const).map((tool) => ({
        tool,
        presses: [1, 2, 3].map(() => ({ account, typed: target })),
        atOnce: false,
      })),
    ),
    ...[true, false].map((atOnce) => ({
      tool: 'drop' as const,
      presses: ['slack:UONE', 'slack:UONE2', 'teams:29:one'].map((account) => ({ account, typed: target })),
      atOnce,
    })),
  ],
  attempt: async (desk, { tool, presses, atOnce }) => {
    const { id, approval } = await askFor(desk, { tool, requestedBy: 'p-asker' as PersonId });
    const counted: Human[] = [];
    const press = async ({ account, typed }: Press) => {
      const whoever = people.whoIs(account);
      if (!whoever) return;
      const said = typed === undefined ? { kind: 'approve' as const } : { kind: 'approve' as const, typed };
      const { kind } = await desk.says(approval.id, whoever, said);
      if (kind === 'recorded') counted.push(whoever);
    };
    if (atOnce) await Promise.all(presses.map(press));
    else for (const one of presses) await press(one);
    await Promise.all([tryAdvance(desk.gateway, id), tryAdvance(desk.gateway, id)]);
    const wrong = counted.find(({ id: who, roles }) => isExcluded(who) || !roles.some(maySit));
    if (wrong) return `${wrong.id} was counted.`;
    if (new Set(counted.map((one) => one.id)).size < counted.length) return 'One human was counted twice.';
    const ran = desk.effects(id).length === 1;
    const enough = tool === 'drop' ? seatsTaken(counted) : counted.length === 1;
    if (ran !== enough) return `It ${ran ? 'ran' : 'did not run'} after ${counted.map((one) => one.id)}.`;
    if (ran && tool === 'drop' && !presses.some(({ typed }) => typed?.trim() === target))
      return 'Nobody had typed the name of the target.';
    return violation(desk, id);
  },
};

const isExcluded = (id: PersonId) => id === manager.id || id === 'p-asker';
const maySit = (role: string) => role === 'on-call' || role === 'database-owner';

/** By this kit's own reckoning: one of two has the first seat's role, and both have the second's. */
function seatsTaken(counted: Human[]): boolean {
  return counted.length === 2 && counted.some(({ roles }) => roles.includes('on-call'));
}
