import type { Card, Text, Tone } from '../chat/card.ts';
import type { Incident } from '../incidents/incident.ts';
import { incident as findIncident } from '../incidents/read.ts';
import {
  server as findServer,
  service as findService,
  type Inventory,
  serversOf,
  servicesOn,
} from '../inventory/inventory.ts';
import { amount, amounts } from '../monitoring/amount.ts';
import { within } from '../monitoring/enrich/within.ts';
import type { Metric } from '../monitoring/metric.ts';
import { openSignalsOn } from '../monitoring/read.ts';
import { brief, isUsual, type Reading, signalAt } from '../monitoring/reading.ts';
import type { Signal } from '../monitoring/signal.ts';
import { silences } from '../monitoring/silences/read.ts';
import { type Silence, said } from '../monitoring/silences/silence.ts';
import { card, line } from './answer.ts';
import type { Desk } from './tell.ts';
import { openOn } from './touching.ts';

/** How one server or service does now. */
export interface Health {
  name: string;
  /** Its own metrics as they are now, and those unusual of what runs with it. */
  readings: Reading[];
  beside: Reading[];
  /** What should be there and is not, each a sentence. */
  unseen: string[];
  incidents: Incident[];
  signals: Signal[];
  silences: Silence[];
  says(metric: string): string;
}

/** Who asks waits for an answer: not longer than this. */
const patienceMs = 5_000;

/** How a server or service of the inventory does now, from its metrics and the record. */
export async function how(desk: Desk, id: string): Promise<Card> {
  const { db, inventory, monitor, now } = desk;
  const at = now();
  const [seen, incidents, signals, { mutes, calendar }] = await Promise.all([
    within(patienceMs, 'Prometheus', () => monitor.scrape(at)),
    openOn(db, inventory, id),
    standing(desk, id),
    silences(db, at),
  ]);
  const { readings, missing } = seen.kind === 'told' ? seen.told : { readings: [], missing: [seen.because] };
  const around = besides(inventory, id);
  return howCard(desk, {
    name: findService(inventory, id)?.name ?? id,
    readings: readings.filter(({ subject }) => subject === id),
    beside: readings.filter((one) => around.includes(one.subject) && !isUsual(one)),
    unseen: [
      ...unreadable(desk, id, missing),
      ...(seen.kind === 'told' ? lost(desk, id, readings, missing) : []),
    ],
    incidents,
    signals,
    silences: [...mutes, ...calendar].filter(({ series }) => series.some(({ subject }) => subject === id)),
    says: (metric) => monitor.metrics.find(({ name }) => name === metric)?.says ?? metric,
  });
}

/** What runs on a server; where a service runs. */
function besides(inventory: Inventory, id: string): string[] {
  const found = findServer(inventory, id) ? servicesOn(inventory, id) : serversOf(inventory, id);
  return found.map((one) => one.id);
}

/** Signals that are not over; those of an incident that is over are over with it. */
async function standing({ db }: Desk, id: string): Promise<Signal[]> {
  const open: Signal[] = [];
  for (const signal of await openSignalsOn(db, id)) {
    const incident = signal.incident ? await findIncident(db, signal.incident) : undefined;
    if (!incident?.endedAt) open.push(signal);
  }
  return open;
}

/** Of the metrics that could not be read those that are about it; a sentence that is about no metric is about all. */
function unreadable({ inventory, monitor }: Desk, id: string, missing: string[]): string[] {
  const about = findServer(inventory, id) ? 'server' : 'service';
  const of = (says: string) => monitor.metrics.find(({ name }) => says.startsWith(`${name} `));
  return missing.filter((says) => (of(says)?.about ?? about) === about);
}

/** What was measured of it for weeks and is not now. */
function lost({ monitor, now }: Desk, id: string, readings: Reading[], missing: string[]): string[] {
  const gone = ({ name }: Metric) =>
    Number.isFinite(monitor.usualAt(name, id, now()).mean) &&
    !readings.some(({ metric, subject }) => metric === name && subject === id) &&
    !missing.some((says) => says.startsWith(`${name} `));
  return monitor.metrics.filter(gone).map(({ says }) => `${says} of ${id} is no longer reported.`);
}

const most = 12;

/** The answer: each metric beside what is usual, what is open, what is muted, and what cannot be seen. */
export function howCard(by: Parameters<typeof card>[0], health: Health): Card {
  const { readings, beside, unseen, incidents, signals } = health;
  const worst = readings.toSorted((a, b) => b.z - a.z);
  const more = worst.length - most;
  return card(
    by,
    titleOf(health),
    [
      ...incidents.map(line),
      ...signals.slice(0, 5).map((one) => signalLine(one, health)),
      ...worst.slice(0, most).map((one): Text => [{ bold: `${one.says}: ` }, measured(one)]),
      ...(more > 0 ? [`and ${more} more, none further off.`] : []),
      ...beside.slice(0, 5).map((one): Text => [{ bold: `${one.says} of ${one.subject}: ` }, measured(one)]),
      ...unseen.slice(0, 6).map((says): Text => [{ bold: 'Cannot be seen: ' }, says]),
      ...(unseen.length > 6 ? [`and ${unseen.length - 6} more that cannot be seen.`] : []),
      ...health.silences.slice(0, 5).map((one) => silenceLine(one, health)),
    ],
    toneOf(health),
  );
}

function titleOf({ name, readings, unseen, signals, incidents }: Health): string {
  const off = readings.filter((one) => !isUsual(one)).length;
  const open =
    incidents.length > 0
      ? `, with an open ${incidents.every(({ kind }) => kind === 'prediction') ? 'prediction' : 'incident'}`
      : signals.length > 0
        ? ', with an open signal'
        : '';
  const blind = unseen.length > 0 ? `, and ${unseen.length} cannot be seen` : '';
  if (readings.length === 0)
    return unseen.length > 0 ? `I cannot see how ${name} is${open}` : `Nothing is measured of ${name}${open}`;
  const many = readings.length === 1 ? 'its one metric' : `all ${readings.length} metrics`;
  const usual = off === 0 ? `${many} as usual` : `${off} of ${readings.length} metrics not as usual`;
  return `${name}: ${usual}${blind}${open}`;
}

function toneOf({ readings, unseen, signals, incidents }: Health): Tone {
  if (readings.some(({ z }) => z >= signalAt)) return 'critical';
  const fine = readings.length > 0 && readings.every(isUsual) && unseen.length === 0;
  return fine && signals.length === 0 && incidents.length === 0 ? 'good' : 'warning';
}

/** The value, what is usual, and how far off it is in words. */
function measured({ value, mean, deviation, unit, z }: Reading): string {
  const low = mean - 2.8 * deviation;
  const usual = amounts(mean >= 0 && value >= 0 ? Math.max(0, low) : low, mean + 2.8 * deviation, unit);
  return `${amount(value, unit)}, usually ${usual}: ${inWords(z)}`;
}

function inWords(z: number): string {
  if (z >= signalAt) return `far from usual (${brief(z)} σ)`;
  if (z >= 2.8) return `unusual (${brief(z)} σ)`;
  return z <= -2.8 ? `unusual, but not in the direction that hurts (${brief(-z)} σ)` : 'as usual';
}

function signalLine({ metric, server, service, band, raisedAt, incident }: Signal, { says }: Health): Text {
  const at = incident ? `, in ${incident}` : '';
  return [
    { bold: 'Open signal: ' },
    `${says(metric)} of ${server ?? service}, ${band}, since `,
    { time: raisedAt },
    at,
  ].filter((span) => span !== '');
}

function silenceLine(one: Silence, { says }: Health): Text {
  const what = [...new Set(one.series.map(({ metric }) => says(metric)))].join(', ');
  if (one.kind === 'mute')
    return [{ bold: 'Muted: ' }, `${what}, by `, { person: one.person }, ' until ', { time: one.until }];
  return [{ bold: 'Expected: ' }, `${what} ${said(one.when)}, says `, { person: one.person }];
}
