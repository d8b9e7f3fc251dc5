// What is examined by `roster doctor`: metrics against inventory, how much history there is, which kinds have a runbook.
import type { Inventory } from './inventory/inventory.ts';
import { spellings } from './inventory/near.ts';
import type { Census } from './knowledge/census.ts';
import { type Runbook, runbookFor } from './knowledge/runbook.ts';
import type { Covered } from './monitoring/covered.ts';

export interface Examined {
  /** Servers of the inventory that no metric of the last hour is about; undefined where metrics could not be asked for. */
  dark: string[] | undefined;
  /** Services of the inventory that no metric is about. */
  unmeasured: string[] | undefined;
  /** What metrics are about and the inventory does not have: the inventory is stale, or calls it otherwise. */
  strangers: { servers: string[]; services: string[] } | undefined;
  history: Omit<Census, 'types' | 'untyped'>;
  /** The most frequent kinds of the last six months, each with the runbook that mends it. */
  types: { kind: string; count: number; runbook: string | null }[];
  untyped: number;
  /** What is wrong and what to do about it, each a sentence. */
  findings: string[];
}

/** Less than this says little of what a site's incidents are. */
const wantedMonths = 6;

/** What is wrong with what Roster knows of its site. Without `seen`, `unseen` says why there are no metrics. Pure. */
export function examine(
  inventory: Inventory,
  seen: Covered | { kind: 'unseen'; because: string },
  { types: counted, untyped, ...history }: Census,
  { runbooks, records }: { runbooks: Runbook[]; records: string[] },
): Examined {
  const metrics = 'kind' in seen ? undefined : seen;
  const servers = inventory.servers.map(({ id }) => id);
  const services = inventory.services.map(({ id }) => id);
  const dark = metrics && without(servers, metrics.servers);
  const unmeasured = metrics && without(services, metrics.services);
  const strangers = metrics && {
    servers: without(metrics.servers, servers),
    services: without(metrics.services, services),
  };
  const types = counted.map(({ kind, count }) => {
    return { kind, count, runbook: runbookFor(runbooks, 'mends', kind)?.id ?? null };
  });
  const bare = types.filter(({ runbook }) => runbook === null).map(({ kind, count }) => `${kind} (${count})`);
  const findings = [
    ...('kind' in seen ? [`Metrics could not be asked for: ${seen.because}`] : []),
    ...(metrics?.unread ?? []).map((one) => `A metric could not be read: ${one}`),
    ...told(dark, 'Dark', 'no metric of the last hour is about', 'server'),
    ...told(unmeasured, 'Not measured', 'no metric of the last hour is about', 'service'),
    ...told(strangers?.servers, 'Not in the inventory', 'metrics are about', 'server', spelt(servers)),
    ...told(strangers?.services, 'Not in the inventory', 'metrics are about', 'service', spelt(services)),
    ...shortHistory(history),
    ...(untyped > 0
      ? [
          `${count(untyped, 'incident')} of the last six months ${untyped === 1 ? 'has' : 'have'} no kind of cause.`,
        ]
      : []),
    ...records,
    ...(bare.length > 0 ? [`No runbook mends ${bare.join(', ')}: write one in manifests/runbooks.`] : []),
  ];
  return { dark, unmeasured, strangers, history, types, untyped, findings };
}

function without(all: string[], known: string[]): string[] {
  const has = new Set(known);
  return all.filter((one) => !has.has(one));
}

const mostNamed = 20;

function told(
  ids: string[] | undefined,
  what: string,
  because: string,
  noun: string,
  hint: (id: string) => string = () => '',
): string[] {
  if (!ids || ids.length === 0) return [];
  const some = ids.slice(0, mostNamed).map((id) => `${id}${hint(id)}`);
  const more = ids.length - some.length;
  const list = [...some, ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
  return [`${what}: ${because} ${count(ids.length, noun)}: ${list}.`];
}

/** What the inventory may call it. */
function spelt(ids: string[]): (id: string) => string {
  return (id) => {
    const known = spellings(id).find((one) => ids.includes(one));
    return known ? ` (${known} there)` : '';
  };
}

function shortHistory({ own, imported, months }: Examined['history']): string[] {
  if (own + imported === 0)
    return ['There are no past incidents: import them with npm run roster -- import incidents FILE.'];
  return months < wantedMonths
    ? [`There are past incidents of ${count(months, 'month')}, wanted ${wantedMonths}: import older ones.`]
    : [];
}

function count(many: number, noun: string): string {
  return `${many} ${noun}${many === 1 ? '' : 's'}`;
}
