import {
  service as findService,
  type Inventory,
  isOpenWindow,
  type Service,
  servicesOn,
} from '../../inventory/inventory.ts';
import type { Jaeger } from '../../systems/jaeger/read.ts';
import { deploymentsOf } from '../../systems/loki/deployed.ts';
import type { Loki } from '../../systems/loki/read.ts';
import type { Change } from '../changes/change.ts';
import { changeLine, happened } from '../changes/happened.ts';
import type { Context } from '../context.ts';
import type { Signal } from '../signal.ts';
import { errorLogs, logLines } from './logs.ts';
import { traceLines, troubledSpans } from './traces.ts';
import { type Told, within } from './within.ts';

/** Where to ask what else happened. */
export interface Sources {
  inventory: Inventory;
  loki: Loki;
  /** Undefined: there is none. */
  jaeger: Jaeger | undefined;
  /** The changes that may have touched a service since then, newest first. */
  changesOf(service: string, since: Date): Promise<Change[]>;
  cycleMs: number;
  /** How long each source is waited for. */
  patienceMs: number;
}

/** What was found, and the sources of which nothing is known. */
export type Around = Pick<Context, 'changes' | 'traces' | 'logs' | 'notes'> & { missing: string[] };

const changesBackMs = 4 * 3_600_000;
/** It was unusual for some cycles before it was raised. */
const cyclesBack = 5;

/**
 * Asks every source at the same time what else happened around a signal, each for `patienceMs` at most. Never throws:
 * of what is down, slow or not there a note says so.
 */
export async function around(sources: Sources, signal: Signal, now: Date): Promise<Around> {
  const { inventory, loki, jaeger, patienceMs, cycleMs } = sources;
  const own = touchedBy(inventory, signal);
  const needed = findService(inventory, signal.service)?.dependsOn ?? [];
  const wide = [...new Set([...own, ...needed])];
  const began = new Date(signal.raisedAt.getTime() - cyclesBack * cycleMs);
  const since = new Date(signal.raisedAt.getTime() - changesBackMs);
  const [logs, traces, told, logged] = await Promise.all([
    within(patienceMs, 'Loki', () => errorLogs(loki, own, signal.raisedAt, now)),
    jaeger
      ? within(patienceMs, 'Jaeger', () => troubledSpans(jaeger, own, began, now))
      : ({ kind: 'missing', because: 'no Jaeger is connected.' } as const),
    within(patienceMs, 'The database', () => Promise.all(wide.map((one) => sources.changesOf(one, since)))),
    within(patienceMs, 'Loki', () => deploymentsOf(loki, wide, since, now)),
  ]);
  const changes = happened(whole(told)?.flat() ?? [], whole(logged) ?? []);
  const found = {
    changes: few(changes.map((one) => ({ at: one.at, text: changeLine(one) }))),
    traces: traceLines(whole(traces)?.troubles ?? []),
    logs: await logLines(whole(logs)?.groups ?? []),
  };
  const asked: [name: string, of: Told<unknown>, found: unknown[]][] = [
    ['error logs', logs, found.logs],
    ['traces', traces, found.traces],
    ['changes that were told', told, found.changes],
    ['deployments', logged, found.changes],
  ];
  const unseen = whole(traces)?.seen === 0;
  const notes = [
    ...asked.flatMap(([name, of]) => (of.kind === 'missing' ? [`Missing here, ${name}: ${of.because}`] : [])),
    ...(unseen ? [`Jaeger has no traces of ${own.join(', ')} of this time.`] : []),
    ...(whole(logs)?.notes ?? []),
    ...nothingIn(asked.filter(([name]) => !(unseen && name === 'traces'))),
    ...windowsOf(inventory, wide, signal.raisedAt),
  ];
  return { ...found, notes, missing: asked.flatMap(([name, of]) => (of.kind === 'missing' ? [name] : [])) };
}

/** The services that a signal is about: its own, those of its members, those on their servers; its own first, five at most. */
function touchedBy(inventory: Inventory, { service, server, members }: Signal): string[] {
  const on = (id: string) => servicesOn(inventory, id).map((one) => one.id);
  const of = members.flatMap(({ about, subject }) => (about === 'service' ? [subject] : on(subject)));
  return [...new Set([service, ...of, ...(server ? on(server) : [])])].slice(0, 5);
}

function whole<T>(of: Told<T>): T | undefined {
  return of.kind === 'told' ? of.told : undefined;
}

const most = 6;

function few(changes: Context['changes']): Context['changes'] {
  const more = changes.length - most;
  return more > 0 ? [...changes.slice(0, most), { text: `and ${more} more` }] : changes;
}

/** To have looked and found nothing is not the same as not to have looked. */
function nothingIn(asked: [name: string, of: Told<unknown>, found: unknown[]][]): string[] {
  const empty = asked
    .filter(([, of, found]) => of.kind === 'told' && found.length === 0)
    .map(([name]) => name);
  return empty.length > 0 ? [`Looked at, and nothing found: ${empty.join(', ')}.`] : [];
}

function windowsOf(inventory: Inventory, services: string[], at: Date): string[] {
  return services.flatMap((id) => {
    const one = findService(inventory, id);
    if (!one) return [`${id} is not in the inventory: its owner and its windows are not known.`];
    const open = openIn(one, at);
    return open ? [`${one.name} is in a maintenance window until ${open.to} (${open.timezone}).`] : [];
  });
}

function openIn({ windows }: Service, at: Date) {
  return windows.find((window) => isOpenWindow(window, at));
}
