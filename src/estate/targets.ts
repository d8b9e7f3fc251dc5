import type { Inventory } from '../inventory/inventory.ts';

/** What the company's AWX inventory holds of a server, besides its address. */
export interface HostVariables {
  settings: Record<string, string>;
  /** What its firewall lets in: port/network, nothing else. */
  firewall_allows: string[];
  /** The changes made to its database, in the order they were made. */
  database_changes: string[];
}

export interface Account {
  licence: string;
  passwordResets: number;
}

/** What the jobs of the company's AWX change, by the id of the server or account. */
export interface Targets {
  hosts: Map<string, HostVariables>;
  accounts: Map<string, Account>;
}

/** A host or account as a job leaves it. */
export type Change =
  | { kind: 'host'; id: string; variables: HostVariables }
  | { kind: 'account'; id: string; account: Account };

export const licences = ['frontline', 'standard', 'premium'];

const inside = '10.20.0.0/16';

const kinds: Record<string, { settings: Record<string, string>; allows: string[] }> = {
  web: {
    settings: { worker_connections: '1024', keepalive_timeout: '65', log_level: 'info' },
    allows: ['443/0.0.0.0/0'],
  },
  app: {
    settings: { pool_size: '20', request_timeout: '30s', log_level: 'info' },
    allows: [`8080/${inside}`],
  },
  db: {
    settings: { max_connections: '200', work_mem: '16MB', replication_password: 'vault:db/replication#v1' },
    allows: [`5432/${inside}`],
  },
  cache: { settings: { maxmemory: '2gb', eviction: 'allkeys-lru' }, allows: [`6379/${inside}`] },
  queue: { settings: { prefetch: '50', heartbeat: '60s' }, allows: [`5672/${inside}`] },
  search: { settings: { heap_size: '4g', refresh_interval: '1s' }, allows: [`9200/${inside}`] },
};

/** Hosts and accounts as the company began, with what has been changed since. */
export function targetsOf({ servers }: Inventory, changes: Change[]): Targets {
  const hosts = servers.map(({ id, class: of }): [string, HostVariables] => {
    const { settings = {}, allows = [] } = kinds[of] ?? {};
    return [id, { settings, firewall_allows: allows, database_changes: [] }];
  });
  const accounts = Array.from({ length: 24 }, (_, nth): [string, Account] => {
    return [`fw-${1001 + nth}`, { licence: licences[nth % 3] ?? '', passwordResets: 0 }];
  });
  const targets = { hosts: new Map(hosts), accounts: new Map(accounts) };
  for (const change of changes) apply(targets, change);
  return targets;
}

/** Leaves a host or account as the change says. Safe to call twice. */
export function apply({ hosts, accounts }: Targets, change: Change): void {
  if (change.kind === 'host') hosts.set(change.id, change.variables);
  else accounts.set(change.id, change.account);
}
