import { randomUUID } from 'node:crypto';
import type { By, Entry } from '../../audit/entry.ts';
import type { SignalId } from '../../ids.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { Job, Subject } from '../../jobs/job.ts';
import { type Store, save } from '../../jobs/save.ts';
import type { Tx } from '../../postgres/database.ts';
import type { Alert, Delivery } from '../../systems/alertmanager/webhook.ts';
import type { Hold } from '../held/hold.ts';
import { keepForList, loadListsOf } from '../held/store.ts';
import { type Routing, route, teamOf } from '../routing.ts';
import { insert, type NewSignal } from '../store.ts';
import { bandOf, distinct, keyOf, nameOf, type Place } from './alert.ts';
import { type Changed, keep, type Recovered, raisedBy, recover, supersede } from './store.ts';

/** What a delivery came to: counts of alerts. */
export interface Received {
  firing: number;
  resolved: number;
  /** Signals raised, and signals that are over. */
  raised: number;
  recovered: number;
  /** New alerts about nothing in the inventory: kept, and nothing else. */
  unplaced: number;
  /** Left out by Alertmanager itself. */
  truncated: number;
}

/** Who is told of an alert, and whether now. */
interface Telling {
  inventory: Inventory;
  routing: Routing;
  now: Date;
}

/** By its key, each with what it is about. */
type Given = Map<string, Alert & { place: Place | undefined }>;

const by: By = { roster: 'alertmanager' };

/**
 * Keeps what Alertmanager sent, raises a signal for each alert that fires newly about something in the inventory,
 * and ends the signals of those that are over, in one transaction. A repeat changes nothing and leaves no entry.
 */
export function receiveAlerts(
  store: Store,
  { alerts, truncated }: Delivery,
  place: (labels: Record<string, string>) => Place | undefined,
  telling: Telling,
): Promise<Received> {
  const given: Given = new Map(
    [...distinct(alerts)].map(([key, alert]) => [key, { ...alert, place: place(alert.labels) }]),
  );
  const resolved = [...given.values()].filter(({ endsAt }) => endsAt).length;
  return save(store, async (tx) => {
    const { firing, over, fresh } = await keepAll(tx, given);
    const raised = await raiseAll(tx, given, firing, telling);
    const ended = over.length > 0 ? await recover(tx, over, telling.now) : [];
    const result = {
      ...{ firing: given.size - resolved, resolved, raised: raised.entries.length, recovered: ended.length },
      unplaced: fresh.filter((one) => !given.get(keyOf(one))?.place).length,
      truncated,
    };
    const changed = fresh.length + over.length > 0;
    const entries = changed ? [received(result), ...raised.entries, ...ended.map(recovered)] : [];
    return { result, entries, jobs: [...raised.jobs, ...(await shown(tx, ended))] };
  });
}

/** What is new, what of that fires now, and what is over now. */
async function keepAll(tx: Tx, given: Given) {
  const changed = given.size > 0 ? await keep(tx, [...given.values()]) : [];
  const fresh = changed.filter(({ isNew }) => isNew);
  const superseded = await supersede(
    tx,
    fresh.map(({ fingerprint }) => fingerprint),
  );
  const keys = new Set(superseded.map(keyOf));
  return {
    fresh,
    firing: fresh.filter((one) => one.status === 'firing' && !keys.has(keyOf(one))),
    over: [...changed.filter(({ isNew, status }) => !isNew && status === 'resolved'), ...superseded],
  };
}

async function raiseAll(tx: Tx, given: Given, firing: Changed[], telling: Telling) {
  const entries: Entry[] = [];
  const jobs: Job[] = [];
  const raised: (Changed & { signal: SignalId })[] = [];
  for (const one of firing) {
    const alert = given.get(keyOf(one));
    if (!alert?.place) continue;
    const hold = holdOn(alert, alert.place, telling);
    const signal = signalFor(alert, alert.place, hold);
    await insert(tx, signal);
    await keepForList(tx, signal.id, hold);
    raised.push({ ...one, signal: signal.id });
    entries.push(raisedEntry(signal));
    jobs.push({ name: 'receive-signal', signal: signal.id }, { name: 'enrich-signal', signal: signal.id });
  }
  if (raised.length > 0) await raisedBy(tx, raised);
  return { entries, jobs };
}

/** What its team wants told is as for signals of our own seeing; windows and mutes are Alertmanager's. */
function holdOn(
  { labels }: Alert,
  { service }: Place,
  { inventory, routing, now }: Telling,
): Hold | undefined {
  const routed = route(routing, { team: teamOf(inventory, service), band: bandOf(labels) }, now);
  return routed.kind === 'held' ? routed : undefined;
}

/** An alert says that something is so, not how far from usual: it has no score and no members. */
function signalFor(alert: Alert, { service, server }: Place, hold: Hold | undefined): NewSignal {
  const name = nameOf(alert.labels);
  return {
    id: `sig-${randomUUID()}` as SignalId,
    fingerprint: `alert:${keyOf(alert)}`,
    kind: 'alert',
    band: bandOf(alert.labels),
    learning: false,
    ...{ service, server, metric: name, value: 0, mean: 0, deviation: 0, z: 0, members: [] },
    held: hold?.because ?? null,
    foretold: null,
    because: [`Alertmanager says that ${name} fires since ${alert.startsAt.toISOString()}.`],
  };
}

function raisedEntry({ id, service, server, kind, metric, band, held }: NewSignal): Entry {
  const about = { signal: id, service, server: server ?? undefined };
  const facts = { kind, alert: metric, band };
  return { kind: 'signal.raised', by, about, facts, ...(held !== null && { because: [held] }) };
}

function received(counts: Received): Entry {
  const { unplaced, truncated } = counts;
  const because = [
    unplaced > 0 &&
      `${unplaced} new alert${unplaced === 1 ? ' has' : 's have'} no label that names a service or server of the inventory: see alerts in manifests/metrics.yaml.`,
    truncated > 0 && `Alertmanager left out ${truncated} more: raise max_alerts of its receiver.`,
  ].filter((one) => one !== false);
  return { kind: 'alert.received', by, facts: { ...counts }, ...(because.length > 0 && { because }) };
}

function recovered({ id, service, incident }: Recovered): Entry {
  return { kind: 'signal.recovered', by, about: { signal: id, service, incident: incident ?? undefined } };
}

/** What now looks different: the signals themselves, their incidents, the lists that tell of them. */
async function shown(tx: Tx, ended: Recovered[]): Promise<Job[]> {
  const incidents = new Set(ended.map(({ incident }) => incident).filter((one) => one !== null));
  const ids = ended.map(({ id }) => id);
  const subjects: Subject[] = [
    ...[...incidents].map((incident): Subject => `incident:${incident}`),
    ...ids.map((id): Subject => `signal:${id}`),
    ...(await loadListsOf(tx, ids)).map((list): Subject => `held:${list}`),
  ];
  return subjects.map((subject) => ({ name: 'show', subject }));
}
