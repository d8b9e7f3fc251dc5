import type { PersonId } from '../ids.ts';
import type { Person } from '../people/people.ts';

interface Played extends Person {
  /** In Slack. */
  account: string;
  /** In Teams, by which a directory knows them. */
  directory: string;
  email: string;
}

const played = (id: string, account: string, directory: string, name: string, roles: string[]): Played => {
  return {
    directory,
    id: id as PersonId,
    account,
    name,
    roles,
    accounts: [`slack:${account}`, `teams:${directory}`],
    email: `${id.slice(2)}@fernwood.example`,
  };
};

/** Fernwood's people: made up, like the company. */
export const cast: Played[] = [
  played('p-oncall', 'U01ONCALL', '00000000-0000-4000-8000-000000000101', 'Robin Oncall', ['on-call']),
  played('p-dba', 'U01DBA', '00000000-0000-4000-8000-000000000102', 'Dana Dba', ['database-owner']),
  played('p-gov-1', 'U01GOVONE', '00000000-0000-4000-8000-000000000103', 'Gale Governor', ['governor']),
  played('p-gov-2', 'U01GOVTWO', '00000000-0000-4000-8000-000000000104', 'Greer Governor', ['governor']),
  played('p-manager', 'U01MANAGER', '00000000-0000-4000-8000-000000000105', 'Morgan Manager', ['manager']),
];

/** The same as the product knows people. */
export const people: Person[] = cast.map(({ id, name, roles, accounts }) => ({ id, name, roles, accounts }));

/** The channels of its Slack, by name. */
export const channels = { ops: 'C01OPS', approvals: 'C01APPROVALS', leadership: 'C01LEADERSHIP' };
