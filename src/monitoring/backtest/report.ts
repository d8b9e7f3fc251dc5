import { service as findService, type Inventory, neighbours } from '../../inventory/inventory.ts';
import { dateIn } from '../silences/silence.ts';
import { type Noisy, noisiest } from './advice.ts';
import type { Posted } from './posted.ts';
import type { Threshold } from './thresholds.ts';

/** An incident that is known to have been. */
export interface KnownIncident {
  id: string;
  service: string;
  openedAt: Date;
  /** Null while it goes on. */
  endedAt: Date | null;
}

/** A count by band. */
export interface Count {
  name: string;
  watch: number;
  critical: number;
  perWeek: number;
}

/** One signal, as it is told in JSON. */
export interface Told {
  at: string;
  service: string;
  server: string | null;
  band: Posted['band'];
  learning: boolean;
  metric: string | null;
  subject: string | null;
  value: number | null;
  usual: number | null;
  z: number | null;
  members: number;
  because: string[];
  held: string | null;
  /** The known incident it coincides with. */
  incident: string | null;
}

export interface Report {
  from: string;
  to: string;
  learntFrom: string;
  days: number;
  stepSeconds: number;
  timezone: string;
  cycles: number;
  series: number;
  metrics: number;
  /** What limits what it says, in sentences. */
  notes: string[];
  /** What would have been told, what held back, and messages in a channel: what belongs together is in one thread. */
  signals: Told[];
  posted: number;
  held: number;
  learning: number;
  threads: number;
  /** Null when no incident is known of. */
  incidents: { known: Marked[]; coinciding: number } | null;
  services: Count[];
  teams: Count[];
  total: Count;
  /** By the hour of the day, 0–23, by the site's clocks. */
  hours: number[];
  byDay: { day: string; watch: number; critical: number }[];
  noisiest: Noisy[];
  thresholds: Threshold[];
  /** Teams with more than one signal a day that no known incident explains. */
  loud: string[];
}

/** A known incident within the tested days, and how many signals coincide with it. */
export interface Marked {
  id: string;
  service: string;
  openedAt: string;
  day: string;
  signals: number;
}

export interface Facts {
  from: number;
  to: number;
  learntFrom: number;
  stepSeconds: number;
  cycles: number;
  series: number;
  metrics: number;
  notes: string[];
  posted: Posted[];
  thresholds: Threshold[];
  /** Undefined when nobody knows. */
  incidents: KnownIncident[] | undefined;
  inventory: Inventory;
  timezone: string;
}

const secondsOfDay = 86_400;
/** A signal this long before an incident was opened, or after it ended, coincides with it. */
const around = 30 * 60;
/** A signal this long after another one near it is told in its thread, as an incident takes it in. */
const together = 10 * 60;

/** All that is told of a backtest. Pure. */
export function reportOf(facts: Facts): Report {
  const { from, to, posted, incidents, inventory, timezone, thresholds } = facts;
  const days = (to - from) / secondsOfDay;
  const hourOf = (at: number) => Number(hourIn(timezone, at));
  const incidentOf = (one: Posted) =>
    incidents?.find((incident) => coincides(one, incident, inventory))?.id ?? null;
  const told = posted.filter(({ held }) => held === null);
  const noise = told.filter((one) => incidentOf(one) === null);
  const typicals = new Map(thresholds.map(({ metric, typical }) => [metric, typical]));
  const ground = { hourOf, days, typicalOf: (metric: string) => Math.abs(typicals.get(metric) ?? 0) };
  const teamOf = ({ service }: Posted) => findService(inventory, service)?.team ?? 'nobody';
  const { stepSeconds, cycles, series, metrics, notes } = facts;
  return {
    ...{ from: isoOf(from), to: isoOf(to), learntFrom: isoOf(facts.learntFrom), days },
    ...{ stepSeconds, timezone, cycles, series, metrics, notes },
    signals: posted.map((one) => toldOf(one, incidentOf(one))),
    posted: told.length,
    held: posted.length - told.length,
    learning: told.filter(({ learning }) => learning).length,
    threads: threadsOf(told, inventory),
    incidents: incidents ? knownOf(facts, incidents, told) : null,
    services: countsOf(told, days, ({ service }) => service),
    teams: countsOf(told, days, teamOf),
    total: countsOf(told, days, () => 'all')[0] ?? { name: 'all', watch: 0, critical: 0, perWeek: 0 },
    hours: Array.from({ length: 24 }, (_, hour) => told.filter(({ at }) => hourOf(at) === hour).length),
    byDay: byDayOf(told, facts),
    noisiest: noisiest(noise, ground),
    thresholds,
    loud: countsOf(noise, days, teamOf)
      .filter(({ perWeek }) => perWeek > 7)
      .map(({ name }) => name),
  };
}

/** Whether a signal is on the incident's service, or one call away, from half an hour before it until half an hour after. */
function coincides(
  { at, service }: Pick<Posted, 'at' | 'service'>,
  incident: KnownIncident,
  inventory: Inventory,
): boolean {
  const [opened, ended] = [
    incident.openedAt.getTime() / 1_000,
    (incident.endedAt?.getTime() ?? Infinity) / 1_000,
  ];
  return at >= opened - around && at <= ended + around && isNear(service, incident.service, inventory);
}

function isNear(service: string, other: string, inventory: Inventory): boolean {
  return service === other || neighbours(inventory, other).some(({ id }) => id === service);
}

/** How many messages stand in the channel itself: a signal soon after one on its service or one call away is in that one's thread. */
function threadsOf(told: Posted[], inventory: Inventory): number {
  const latest: { at: number; service: string }[] = [];
  let threads = 0;
  for (const { at, service } of told) {
    const joined = latest.find((one) => at - one.at <= together && isNear(service, one.service, inventory));
    if (joined) joined.at = at;
    else {
      latest.push({ at, service });
      threads += 1;
    }
  }
  return threads;
}

function knownOf({ from, to, inventory, timezone }: Facts, all: KnownIncident[], told: Posted[]) {
  const within = all.filter(({ openedAt }) => {
    const at = openedAt.getTime() / 1_000;
    return at >= from && at <= to;
  });
  const known = within.map((incident): Marked => {
    const { id, service, openedAt } = incident;
    const signals = told.filter((one) => coincides(one, incident, inventory)).length;
    return { id, service, openedAt: openedAt.toISOString(), day: dateIn(timezone, openedAt), signals };
  });
  const coinciding = told.filter((one) => all.some((incident) => coincides(one, incident, inventory))).length;
  return { known: known.sort((a, b) => (a.openedAt < b.openedAt ? -1 : 1)), coinciding };
}

function countsOf(told: Posted[], days: number, nameOf: (one: Posted) => string): Count[] {
  return [...Map.groupBy(told, nameOf)]
    .map(([name, all]): Count => {
      const critical = all.filter(({ band }) => band === 'critical').length;
      return { name, watch: all.length - critical, critical, perWeek: (all.length / days) * 7 };
    })
    .sort((a, b) => b.perWeek - a.perWeek || (a.name < b.name ? -1 : 1));
}

/** Every day by the site's clocks, those without any too. */
function byDayOf(told: Posted[], { from, to, timezone }: Facts): Report['byDay'] {
  const dayOf = (at: number) => dateIn(timezone, new Date(at * 1_000));
  const days = new Set<string>();
  // By half days: where the clocks are put forward a day has 23 hours.
  for (let at = from; at < to; at += secondsOfDay / 2) days.add(dayOf(at));
  days.add(dayOf(to));
  const counts = Map.groupBy(told, ({ at }) => dayOf(at));
  return [...days].map((day) => {
    const all = counts.get(day) ?? [];
    const critical = all.filter(({ band }) => band === 'critical').length;
    return { day, watch: all.length - critical, critical };
  });
}

function toldOf({ at, lead, ...one }: Posted, incident: string | null): Told {
  const { service, server, band, learning, members, because, held } = one;
  const { metric = null, subject = null, value = null, mean: usual = null, z = null } = lead ?? {};
  const series = { metric, subject, value, usual, z };
  return { at: isoOf(at), service, server, band, learning, ...series, members, because, held, incident };
}

function hourIn(timeZone: string, at: number): string {
  return new Date(at * 1_000).toLocaleTimeString('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' });
}

function isoOf(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}
