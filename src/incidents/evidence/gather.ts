import type { IncidentId } from '../../ids.ts';
import { type Inventory, neighbours, server, serversOf, servicesOn } from '../../inventory/inventory.ts';
import { happened } from '../../monitoring/changes/happened.ts';
import type { Signal } from '../../monitoring/signal.ts';
import type { Db, Tx } from '../../postgres/database.ts';
import { evidenceOf } from '../causes/cause.ts';
import { rank } from '../diagnose/rank.ts';
import type { Direction, Evidence } from '../incident.ts';
import type { Responder } from '../responder.ts';
import { loadOpen } from '../store.ts';
import { deployments, toldChanges } from './changes.ts';
import { deeds } from './deeds.ts';
import { dependencies } from './dependencies.ts';
import { errors } from './errors.ts';
import type { Gathered } from './gathered.ts';
import { metrics } from './metrics.ts';
import { past } from './past.ts';
import { pastIncidents } from './past-incidents.ts';
import { placing, windows } from './placing.ts';
import { callsOf, symptomOf, telemetryOf } from './telemetry.ts';
import { traces } from './traces.ts';

/**
 * Asks every source at the same time about the services that have signals, their neighbours, who shares a server,
 * and where a person sent the workers.
 */
export async function gather(
  responder: Responder,
  signals: Signal[],
  now: Date,
  direction: Direction | null = null,
): Promise<Gathered> {
  const { gateway, inventory, monitor, loki, jaeger, prometheus, changesOf, patienceMs } = responder;
  const hit = signals.map(({ service }) => service);
  const near = hit.flatMap((one) => neighbours(inventory, one));
  const beside = signals.flatMap(({ server }) => (server ? servicesOn(inventory, server) : []));
  const sent = sentTo(inventory, direction);
  const services = [...new Set([...hit, ...[...near, ...beside].map(({ id }) => id), ...sent.services])];
  const there = services.flatMap((one) => serversOf(inventory, one).map(({ id }) => id));
  const servers = [...new Set([...there, ...sent.servers])];
  const onset = signals[0]?.raisedAt ?? now;
  const about = { onset, now, patienceMs, cycleMs: monitor.cycleMs };
  const measured = metrics(monitor, [...services, ...servers], about);
  const failed = errors(loki, services, about);
  const found = await Promise.all([
    measured,
    failed,
    deployments(loki, services, about),
    placing(inventory, services, about),
    traces(jaeger, services.slice(0, mostTraced), about),
    toldChanges(changesOf, services, about),
    dependencies(
      inventory,
      [...new Set(hit)],
      measured.then(({ items }) => items),
      about,
    ),
    windows(inventory, services, about),
    deeds(gateway.db, [...services, ...servers], about),
    past(prometheus, monitor.metrics, [...services, ...servers], about),
    pastIncidents(responder, signals, [measured, failed], about),
  ]);
  const evidence = found.map((one, place) => ({ id: `E${place + 1}`, ...one.evidence }));
  const [read, failing, deployed, placed, traced, told, , , , recent] = found;
  const gathered = {
    ...{ services, onset, readings: read.items, errors: failing.items, placed: placed.items },
    ...{ deployments: deployed.items, changes: happened(told.items, deployed.items) },
    elsewhere: await mendedElsewhere(
      gateway.db,
      signals.map(({ incident }) => incident),
    ),
    ...{ troubles: traced.items, past: recent.items, calls: callsOf(inventory), symptom: symptomOf(signals) },
  };
  return {
    ...gathered,
    evidence: evidence.map((one) => (one.id === evidenceOf.where ? located(one, gathered) : one)),
  };
}

/** The causes of open incidents but these that are acted on. */
export async function mendedElsewhere(
  db: Db | Tx,
  own: (IncidentId | null)[],
): Promise<Gathered['elsewhere']> {
  const others = (await loadOpen(db)).filter(({ id, runbook }) => runbook !== null && !own.includes(id));
  return others.flatMap(({ id, cause }) =>
    cause ? [{ incident: id, kind: cause.kind, known: cause.known }] : [],
  );
}

/** What was measured lately is told as where it begins by that. */
function located(evidence: Evidence, gathered: Omit<Gathered, 'evidence'>): Evidence {
  if (!evidence.read) return evidence;
  const ranking = rank(telemetryOf({ ...gathered, evidence: [] }));
  const { nothing: _, ...rest } = evidence;
  if (ranking.kind === 'none') return { ...rest, found: ranking.because.replace(/\.$/, ''), nothing: true };
  const [first, second] = ranking.suspects;
  const then = second
    ? ` Next, with ${Math.round((100 * second.score) / first.score)} % of its score: ${second.node}.`
    : '';
  return { ...rest, found: `${first.node}. ${first.for.slice(0, 2).join(' ')}${then}` };
}

/** Each is asked for its traces now and in the hour before. */
const mostTraced = 8;

function sentTo(
  inventory: Inventory,
  direction: Direction | null,
): { servers: string[]; services: string[] } {
  if (!direction?.to) return { servers: [], services: [] };
  if (!server(inventory, direction.to)) return { servers: [], services: [direction.to] };
  return { servers: [direction.to], services: servicesOn(inventory, direction.to).map(({ id }) => id) };
}
