// What goes before failures: which past incidents it is learnt from, and how the past is asked for.
import type { By } from './audit/entry.ts';
import type { Incident } from './incidents/incident.ts';
import { unknown } from './incidents/locate.ts';
import { incidentsSince, logOf } from './incidents/read.ts';
import { type Inventory, serversOf } from './inventory/inventory.ts';
import type { Store } from './jobs/save.ts';
import type { Learning } from './monitoring/lookout/learn-precursors.ts';
import type { Lookout } from './monitoring/lookout/lookout.ts';
import type { PastIncident } from './monitoring/lookout/past.ts';
import { queryOf, queryOfOne } from './monitoring/metric.ts';
import type { Monitor } from './monitoring/monitor.ts';
import { signalsOf } from './monitoring/read.ts';
import type { Db } from './postgres/database.ts';
import type { Site } from './site.ts';
import { openPrometheus } from './systems/prometheus/read.ts';

interface Wanted {
  store: Store;
  site: Site;
  monitor: Monitor;
  lookout: Lookout;
  by: By;
  now(): Date;
}

/** What learning from past incidents needs on this site. */
export function learningOf({ store, site, monitor, lookout, by, now }: Wanted): Learning {
  const { inventory } = site;
  const { metrics, cycleMs } = monitor;
  return {
    ...{ store, by, inventory, metrics, cycleMs, now },
    prometheus: openPrometheus(site.prometheus),
    // The trial's Prometheus knows no more of PromQL than a selector and a rate.
    queryFor: (metric, subject) =>
      site.kind === 'trial' ? queryOf(metric, cycleMs) : queryOfOne(metric, subject, cycleMs),
    usualAt: monitor.usualAt,
    incidentsSince: (since) => pastIncidents(store.db, inventory, since),
    watchFor: lookout.watchFor,
  };
}

/** Incidents that were verified and whose cause and server are known, oldest first; what was only foretold is none. */
export async function pastIncidents(db: Db, inventory: Inventory, since: Date): Promise<PastIncident[]> {
  const found: PastIncident[] = [];
  for (const incident of await incidentsSince(db, since)) {
    const { id, kind, cause, openedAt } = incident;
    if (
      kind === 'prediction' ||
      !cause ||
      cause.kind === unknown ||
      incident.status !== 'closed' ||
      !(await wasVerified(db, incident))
    )
      continue;
    const server = await serverOf(db, inventory, incident);
    if (server !== undefined) found.push({ id, family: cause.kind, server, openedAt });
  }
  return found.sort((a, b) => a.openedAt.getTime() - b.openedAt.getTime());
}

async function wasVerified(db: Db, { id }: Incident): Promise<boolean> {
  return (await logOf(db, id)).some(({ kind }) => kind === 'verified');
}

/** The one its cause names, else that of its first signal with one, else the only one of its service. */
async function serverOf(db: Db, inventory: Inventory, incident: Incident): Promise<string | undefined> {
  const named = incident.cause?.known.server;
  if (named !== undefined) return named;
  const signals = await signalsOf(db, incident.id);
  const signalled = signals.find(({ server }) => server !== null)?.server;
  if (signalled) return signalled;
  const [only, ...others] = serversOf(inventory, incident.service);
  return others.length === 0 ? only?.id : undefined;
}
