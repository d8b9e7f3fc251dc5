import type { Anomaly, Band } from '../anomaly.ts';
import { seriesName } from '../metric.ts';
import type { Attributed } from './attribute.ts';
import type { Book, Evidence } from './evidence.ts';
import type { Readings } from './fuse.ts';
import type { Graph } from './graph.ts';
import type { Explained, OriginSettings } from './origin.ts';

/** One thing wrong, where it most probably begins, and all that is unusual with it. */
export interface Compound {
  /** What it is known by while it lasts: `service:shop`, `server:db-01`. */
  key: string;
  /** Where it most probably begins. */
  service: string;
  server: string | null;
  /** Combined severity in σ: the root of the sum of squares over the services and servers concerned. */
  score: number;
  band: Band;
  /** Everything unusual has a young baseline. */
  learning: boolean;
  /** The worst first, at most fifty. */
  members: Anomaly[];
  because: string[];
  /** Unix seconds at which it was opened; kept when it comes back soon. */
  openedAt: number;
}

/** One cycle, to be told. */
export interface Seen {
  graph: Graph;
  book: Book;
  evidence: Evidence;
  attributed: Attributed;
  /** How suspicious each node is by all there is. */
  now: Float64Array;
  slots: Int32Array;
  readings: Readings;
  /** The places in `slots` of what is unusual at each node; an edge is its callee's. */
  unusual: Map<number, number[]>;
  settings: OriginSettings & { watch: number; critical: number };
}

const mostMembers = 50;
const mostParts = 12;

/** Tells one open origin of a cycle. Pure. */
export function compound(origin: number, openedAt: number, seen: Seen): Compound {
  const { graph, attributed, unusual, settings } = seen;
  const nodes = [...new Set([origin, ...(attributed.groups.get(origin) ?? [])])];
  const places = nodes.flatMap((node) => unusual.get(node) ?? []);
  const members = places.map((place) => anomaly(place, seen)).sort((a, b) => b.z - a.z);
  const score = Math.hypot(...nodes.map((node) => sigma(node, seen)));
  const critical = score >= settings.critical || places.some((place) => isFelt(place, seen));
  return {
    key: graph.keys[origin] as string,
    ...placeOf(origin, seen),
    score,
    band: critical ? 'critical' : 'watch',
    learning: members.length > 0 && members.every(({ learning }) => learning),
    members: members.slice(0, mostMembers),
    because: [
      ...whyOrigin(origin, seen),
      ...nodes.flatMap((node) => whyPart(node, seen)).slice(0, mostParts),
    ],
    openedAt,
  };
}

/** A critical outcome is felt by whoever calls; a resource that is critical alone is a matter of watching. */
function isFelt(place: number, { book, slots, readings, settings }: Seen): boolean {
  const role = book.fused[slots[place] as number]?.role;
  return role === 'outcome' && (readings.z[place] as number) >= settings.critical;
}

/** The places of what is unusual, by the node it counts for. */
export function placesByNode(places: Int32Array, slots: Int32Array, book: Book): Map<number, number[]> {
  const by = new Map<number, number[]>();
  for (const place of places) {
    const slot = slots[place] as number;
    const callee = book.callee[slot] as number;
    const node = callee >= 0 ? callee : (book.node[slot] as number);
    const found = by.get(node);
    if (found) found.push(place);
    else by.set(node, [place]);
  }
  return by;
}

function anomaly(place: number, { book, slots, readings, settings }: Seen): Anomaly {
  const { metric, about, subject, callee } = book.fused[slots[place] as number] as Book['fused'][number];
  const z = readings.z[place] as number;
  return {
    metric: callee === undefined ? metric : seriesName(metric, callee),
    about,
    subject,
    value: readings.value[place] as number,
    mean: readings.mean[place] as number,
    deviation: readings.deviation[place] as number,
    z,
    band: z >= settings.critical ? 'critical' : 'watch',
    learning: readings.learning[place] === 1,
  };
}

/** One node's severity in σ; slow calls to it are put on the scale of its own series. */
function sigma(node: number, { evidence, settings }: Seen): number {
  const calls = ((evidence.now.inbound[node] as number) * settings.combined) / settings.edge;
  return Math.max(evidence.now.combined[node] as number, calls);
}

/** A server is told as the service on it that suffers most, of equals the most important; a service with the server of its that is unusual. */
function placeOf(origin: number, { graph, now, unusual }: Seen): { service: string; server: string | null } {
  const worst = (nodes: number[]) =>
    nodes.toSorted(
      (a, b) =>
        (now[b] as number) - (now[a] as number) ||
        (graph.criticality[a] as number) - (graph.criticality[b] as number),
    )[0];
  if (origin >= graph.services)
    return {
      service: nameOf(graph, worst(graph.runs[origin] ?? []) ?? origin),
      server: nameOf(graph, origin),
    };
  const host = worst((graph.hosts[origin] ?? []).filter((one) => unusual.has(one)));
  return { service: nameOf(graph, origin), server: host === undefined ? null : nameOf(graph, host) };
}

function nameOf({ keys }: Graph, node: number): string {
  return (keys[node] as string).replace(/^\w+:/, '');
}

function whyOrigin(origin: number, seen: Seen): string[] {
  const { graph, book, slots, readings, unusual, evidence } = seen;
  const name = nameOf(graph, origin);
  const told = (places: number[], says: (slot: number) => string) =>
    places
      .toSorted((a, b) => (readings.z[b] as number) - (readings.z[a] as number))
      .slice(0, 4)
      .map((place) => `${says(slots[place] as number)} ${(readings.z[place] as number).toFixed(1)} σ`)
      .join(', ');
  const metric = (slot: number) => book.fused[slot]?.metric ?? '';
  const places = unusual.get(origin) ?? [];
  const calls = places.filter((place) => (book.callee[slots[place] as number] as number) >= 0);
  const own = places.filter((place) => !calls.includes(place));
  const internal = own.filter((place) => book.fused[slots[place] as number]?.role === 'internal');
  const combined = `combined ${(evidence.now.combined[origin] as number).toFixed(1)} σ`;
  return [
    ...(internal.length > 0 ? [`${name} moves its own resources: ${told(internal, metric)}.`] : []),
    ...(calls.length > 0
      ? [`Calls to ${name} are slow, as seen by ${told(calls, (slot) => book.fused[slot]?.subject ?? '')}.`]
      : []),
    ...(own.length > internal.length || places.length === 0
      ? [
          `${own.length} of the ${evidence.series[origin]} series of ${name} are unusual at once, ${combined}${own.length > 0 ? `: ${told(own, metric)}` : ''}.`,
        ]
      : []),
  ];
}

function whyPart(node: number, { graph, attributed }: Seen): string[] {
  const why = attributed.explained[node];
  if (!why) return [];
  const [name, by] = [nameOf(graph, node), nameOf(graph, why.by)];
  return [sentence(why.because, name, by)];
}

function sentence(because: Explained['because'], name: string, by: string): string {
  switch (because) {
    case 'callee':
      return `${name} waits for ${by}.`;
    case 'host':
      return `${name} runs on ${by}, whose own resources moved.`;
    case 'caller':
      return `${name} is asked otherwise than usual by ${by}.`;
    case 'neighbour':
      return `${name} is one call from ${by}, whose own resources moved.`;
    case 'tenant':
      return `${name} runs ${by}, whose own resources moved.`;
  }
}
