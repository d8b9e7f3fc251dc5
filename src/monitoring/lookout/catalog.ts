import type { Inventory } from '../../inventory/inventory.ts';
import type { Anomaly } from '../anomaly.ts';
import type { Book } from '../baseline/series.ts';
import { type About, graphOf } from '../fusion/graph.ts';
import type { Metric } from '../metric.ts';
import { atOnce } from '../steps.ts';

/** A server or service of the inventory, and its series. */
export interface Subject {
  /** Such as `server:db-01`. */
  key: string;
  about: About;
  id: string;
  /** What it is told as: of a server, the most important service on it. */
  service: string;
  server: string | null;
  /** All services that are on it, or itself. */
  services: string[];
  /** 1 is the most important. */
  criticality: number;
  /** The detector's slots of its series, by the place of their metric. */
  slots: number[][];
}

/** The detector's series by what they are about. */
export interface Catalog {
  metrics: Metric[];
  /** Services first, then the servers that run something. */
  subjects: Subject[];
  byKey: ReadonlyMap<string, Subject>;
  /** By slot, the places of its metric and its subject; -1 where it is about nothing known here. */
  metricOf: number[];
  subjectOf: number[];
  /** Slots by the place of their metric. */
  slotsOf: number[][];
  /** Takes up the series that are new. Cheap when none is. */
  refresh(): void;
  /** The same in steps. */
  refreshing(): Generator<void, void>;
  /** A series by its slot, as a member of a signal. */
  member(slot: number, measured: Pick<Anomaly, 'value' | 'mean' | 'deviation' | 'z' | 'learning'>): Anomaly;
  /** The slot of a member; undefined when it has no series any more. */
  slotOf(member: Pick<Anomaly, 'metric' | 'subject'>): number | undefined;
}

/** A catalog over a detector's book. */
export function openCatalog(book: Book, metrics: Metric[], inventory: Inventory): Catalog {
  const subjects = subjectsOf(inventory, metrics.length);
  const byKey = new Map(subjects.map((one) => [one.key, one]));
  const places = new Map(subjects.map(({ key }, nth) => [key, nth]));
  const named = new Map(metrics.map(({ name }, nth) => [name, nth]));
  const metricOf: number[] = [];
  const subjectOf: number[] = [];
  const slotsOf: number[][] = metrics.map(() => []);
  const split = (slot: number) => (book.keys[slot] ?? '').split('\n');

  function add(slot: number): void {
    const [name = '', id = ''] = split(slot);
    const nth = named.get(name) ?? -1;
    const place = places.get(`${metrics[nth]?.about}:${id}`) ?? -1;
    metricOf[slot] = place < 0 ? -1 : nth;
    subjectOf[slot] = place;
    if (place < 0) return;
    slotsOf[nth]?.push(slot);
    subjects[place]?.slots[nth]?.push(slot);
  }

  function* refreshing(): Generator<void, void> {
    for (let slot = metricOf.length; slot < book.keys.length; slot += 1) {
      add(slot);
      if (slot % addedAtOnce === 0) yield;
    }
  }

  return {
    ...{ metrics, subjects, byKey, metricOf, subjectOf, slotsOf },
    refresh: () => atOnce(refreshing()),
    refreshing,
    member: (slot, measured) => {
      const [name = '', subject = '', part = ''] = split(slot);
      const metric = part === '' ? name : `${name} ${part}`;
      const about = metrics[metricOf[slot] as number]?.about ?? 'server';
      return { metric, about, subject, ...measured, band: measured.z >= criticalAt ? 'critical' : 'watch' };
    },
    slotOf: ({ metric, subject }) => {
      const [, name = '', part = ''] = /^(\S+) ?(.*)$/.exec(metric) ?? [];
      return book.slots.get(`${name}\n${subject}\n${part}`);
    },
  };
}

const criticalAt = 4;
const addedAtOnce = 5_000;

function subjectsOf(inventory: Inventory, metrics: number): Subject[] {
  const { keys, services, runs, criticality } = graphOf(inventory);
  const id = (node: number) => (keys[node] as string).replace(/^\w+:/, '');
  return keys.flatMap((key, node): Subject[] => {
    const own = {
      key,
      criticality: criticality[node] ?? 4,
      slots: Array.from({ length: metrics }, (): number[] => []),
    };
    if (node < services) {
      const service = id(node);
      return [{ ...own, about: 'service', id: service, service, server: null, services: [service] }];
    }
    const on = (runs[node] ?? []).toSorted((a, b) => (criticality[a] ?? 4) - (criticality[b] ?? 4)).map(id);
    const [service] = on;
    const server = id(node);
    return service ? [{ ...own, about: 'server', id: server, service, server, services: on }] : [];
  });
}
