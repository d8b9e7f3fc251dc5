// Everybody who presses: who `people.yaml` says they are, and what Slack says of their accounts.
// Not what they press, nor how it comes: that is `people.ts` and `knocks.ts`.
import type { PersonId } from '../src/ids.ts';
import { peopleOf } from '../src/people/people.ts';
import { manager } from './desk.ts';

const person = (id: string, roles: string[], ...accounts: string[]) => ({
  id: id as PersonId,
  name: id,
  roles,
  accounts,
});

const every = ['on-call', 'database-owner'];
export const asker = 'p-asker' as PersonId;

/** The team of the workspace that is ours. */
export const team = 'T1';

/** Nobody of these may decide although `people.yaml` gives them every role: what Slack says of them. */
const unfit: Record<string, object | 'not found' | 'silent'> = {
  UGUEST: { is_restricted: true },
  UONEROOM: { is_restricted: true, is_ultra_restricted: true },
  USTRANGER: { is_stranger: true },
  UCONNECT: { team_id: 'T2' },
  UELSEWHERE: { team_id: 'T2', enterprise_user: { teams: ['T3'] } },
  UGONE: { deleted: true },
  UGONEGUEST: { deleted: true, is_restricted: true },
  UBOT: { is_bot: true },
  UWORKFLOW: { is_workflow_bot: true },
  USLACKBOT: {},
  UHIDDEN: 'not found',
  UUNSAID: 'silent',
};

/** Who asked, who answers for the worker, one human with three accounts, people of other roles and of none. */
export const people = peopleOf([
  person(asker, every, 'slack:UASKER', 'teams:29:asker'),
  person(manager.id, every, 'slack:UMANAGER'),
  person('p-one', ['on-call'], 'slack:UONE', 'slack:UONE2', 'teams:29:one'),
  person('p-two', ['database-owner'], 'slack:UTWO'),
  person('p-three', every, 'slack:UTHREE'),
  person('p-sales', ['sales'], 'slack:USALES'),
  person('p-nobody', [], 'slack:UNOBODY'),
  ...Object.keys(unfit).map((id) => person(`p-${id.toLowerCase()}`, every, `slack:${id}`)),
]);

const fit = ['UASKER', 'UMANAGER', 'UONE', 'UONE2', 'UTWO', 'UTHREE', 'USALES', 'UNOBODY'];
/** Nobody's, though each looks like somebody's. */
const alike = [
  ...['uone', 'UONE ', ' UONE', 'UONE\u200B', 'U\u041ENE', '\uFF35ONE', 'UONE\u0000', 'UONE3', 'UON', 'U0NE'],
  ...['slack:UONE', 'teams:29:one', '29:one', 'p-one', '__proto__', 'constructor', '', '*', 'UONE,UTHREE'],
];

/** Accounts as they stand in what Slack sends. */
export const users = { fit, unfit: Object.keys(unfit), alike, unlinked: ['UUNLINKED', 'W0UNLINKED'] };
export const everyUser = Object.values(users).flat();

/** What `users.info` answers; those nobody linked are full members all the same. */
export function slackSays(id: string): object | 'not found' | 'silent' {
  const said = Object.hasOwn(unfit, id) ? unfit[id] : {};
  if (typeof said === 'string') return said;
  return { id, team_id: team, deleted: false, ...said };
}

const isExcluded = (id: string) => id === manager.id || id === asker;
/** Which roles have a seat. */
const seated = { 'roll-back': ['on-call'], drop: every };
export type Asked = keyof typeof seated;

/** By this kit's own reckoning: may take a seat, if Slack vouches for the account. */
export function isRightful(tool: Asked, { id, roles }: { id: string; roles: string[] }): boolean {
  return !isExcluded(id) && roles.some((role) => seated[tool].includes(role));
}

/** By this kit's own reckoning: who the account in a request that Slack signed may decide as. */
export function rightfulAt(tool: Asked, user: string): PersonId | undefined {
  const who = fit.includes(user) ? people.whoIs(`slack:${user}`) : undefined;
  return who && isRightful(tool, who) ? who.id : undefined;
}
