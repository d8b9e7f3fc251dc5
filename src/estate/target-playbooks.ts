import type { Effect, Playbook, Vars } from './playbooks.ts';
import { type HostVariables, licences } from './targets.ts';
import type { World } from './world.ts';

const refused = (because: string): Effect => ({
  kind: 'refused',
  because: `${because}; nothing was changed`,
});

const resetPassword: Playbook = {
  id: 10,
  name: 'reset-password',
  description: 'Send the holder of an account a link to choose a new password',
  needs: ['account'],
  asksLimit: false,
  task: ({ account }) => `Send a reset link for ${account}`,
  hosts: () => ['localhost'],
  effect: ({ account: id = '' }, { targets }) => {
    const account = targets.accounts.get(id);
    if (!account) return refused(`There is no account ${id}`);
    return { kind: 'account', id, account: { ...account, passwordResets: account.passwordResets + 1 } };
  },
};

const changeLicence: Playbook = {
  id: 11,
  name: 'change-licence',
  description: 'Give an account another licence',
  needs: ['account', 'from_value', 'to_value'],
  asksLimit: false,
  task: ({ account, to_value }) => `Give ${account} the licence ${to_value}`,
  hosts: () => ['localhost'],
  effect: ({ account: id = '', from_value: from, to_value: to = '' }, { targets }) => {
    const account = targets.accounts.get(id);
    if (!account) return refused(`There is no account ${id}`);
    if (account.licence !== from) return refused(`The licence of ${id} is ${account.licence}, not ${from}`);
    if (!licences.includes(to)) return refused(`There is no licence ${to}, only ${licences.join(', ')}`);
    return { kind: 'account', id, account: { ...account, licence: to } };
  },
};

const changeConfiguration: Playbook = {
  id: 12,
  name: 'change-configuration',
  description: 'Change one setting of one server',
  needs: ['server', 'setting', 'from_value', 'to_value'],
  asksLimit: false,
  task: ({ setting, to_value }) => `Set ${setting} to ${to_value}`,
  hosts: ({ server = '' }) => [server],
  effect: onHost(({ server, setting = '', from_value: from, to_value: to = '' }, { settings }) => {
    const present = Object.hasOwn(settings, setting) ? settings[setting] : undefined;
    if (present === undefined) return `There is no setting ${setting} on ${server}`;
    if (present !== from) return `The setting ${setting} on ${server} is ${present}, not ${from}`;
    return { settings: { ...settings, [setting]: to } };
  }),
};

interface Migration {
  table: string;
  /** The one that makes it possible again once it is made. */
  reverse?: string;
  /** It can be made only after its reverse. */
  takesBack?: true;
}

const migrations = new Map<string, Migration>([
  ['add-index-orders-created', { table: 'orders', reverse: 'drop-index-orders-created' }],
  ['drop-index-orders-created', { table: 'orders', reverse: 'add-index-orders-created', takesBack: true }],
  ['add-index-payments-status', { table: 'payments', reverse: 'drop-index-payments-status' }],
  [
    'drop-index-payments-status',
    { table: 'payments', reverse: 'add-index-payments-status', takesBack: true },
  ],
  ['drop-column-orders-legacy', { table: 'orders' }],
]);

const changeDatabase: Playbook = {
  id: 13,
  name: 'change-database',
  description: 'Make one prepared change to a production database',
  needs: ['server', 'change'],
  asksLimit: false,
  task: ({ change }) => `Run migration ${change}`,
  hosts: ({ server = '' }) => [server],
  effect: onHost(({ server, change = '' }, { database_changes: made }, { inventory }) => {
    const migration = migrations.get(change);
    const found = inventory.servers.find(({ id }) => id === server);
    if (!migration) return `There is no migration ${change}`;
    if (found?.class !== 'db') return `No database runs on ${server}`;
    const { table, reverse, takesBack } = migration;
    if (!found.services.includes(table)) return `The database on ${server} has no table ${table}`;
    const last = made.findLast((one) => one === change || one === reverse);
    if (last === change) return `The migration ${change} is made on ${server} already`;
    if (!last && takesBack) return `The migration ${change} finds nothing to drop on ${server}`;
    return { database_changes: [...made, change] };
  }),
};

const changeFirewall: Playbook = {
  id: 14,
  name: 'change-firewall',
  description: 'Let one network in at one port of a server, or no longer',
  needs: ['server', 'rule'],
  asksLimit: false,
  task: ({ rule }) => `Apply the rule ${rule}`,
  hosts: ({ server = '' }) => [server],
  effect: onHost(({ server, rule = '' }, { firewall_allows: allowed }) => {
    const [, verb, what = ''] = /^(allow|deny) (\d+\/[\d.]+\/\d+)$/.exec(rule) ?? [];
    if (!verb) return `This is no rule: ${rule}`;
    if (verb === 'allow' && allowed.includes(what)) return `The firewall of ${server} allows ${what} already`;
    if (verb === 'deny' && !allowed.includes(what)) return `The firewall of ${server} does not allow ${what}`;
    const others = allowed.filter((one) => one !== what);
    return { firewall_allows: verb === 'allow' ? [...others, what] : others };
  }),
};

/** The templates that change what is stored of hosts and accounts. */
export const targetPlaybooks: Playbook[] = [
  resetPassword,
  changeLicence,
  changeConfiguration,
  changeDatabase,
  changeFirewall,
];

/** An effect on one server's variables: what of them is new, or why it cannot be, as a sentence. */
function onHost(
  change: (vars: Vars, host: HostVariables, world: World) => Partial<HostVariables> | string,
): Playbook['effect'] {
  return (vars, world) => {
    const host = world.targets.hosts.get(vars.server ?? '');
    if (!host) return refused(`Could not match supplied host pattern: ${vars.server}`);
    const changed = change(vars, host, world);
    if (typeof changed === 'string') return refused(changed);
    return { kind: 'host', id: vars.server ?? '', variables: { ...host, ...changed } };
  };
}
