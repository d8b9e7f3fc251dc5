import type { Book, Evidence, Strength } from './evidence.ts';
import type { Graph } from './graph.ts';

export interface OriginSettings {
  /** Combined σ of one service's or server's series from here on is suspicious. */
  combined: number;
  /** Mean σ of the calls to one service, over its callers, from here on is suspicious. */
  edge: number;
  /** σ of an internal series from here on: it is a cause, whatever else moves. */
  internal: number;
  /** σ of an outcome series from here on: it is slow or failing, as its callers would see it. */
  outcome: number;
  /** What explains another is itself at least this suspicious, in shares of the bar. */
  half: number;
  /** What has at most so many series is suspicious by one critical one. */
  few: number;
}

/** Why one node is unusual: another one. */
export interface Explained {
  by: number;
  because: 'callee' | 'caller' | 'neighbour' | 'host' | 'tenant';
}

/**
 * How suspicious each node is, in shares of the bar: from 1 on something is wrong there. What has few series is
 * judged by its worst alone too; what has many needs two unusual at once, or one of its own resources. Where there is
 * one series alone its own bar judges it (`surprises`).
 */
export function suspicion(
  { combined, unusual, worst, internal, inbound }: Strength,
  { series, known }: Evidence,
  settings: OriginSettings & { critical: number },
  into: Float64Array,
): Float64Array {
  for (let node = 0; node < into.length; node += 1) {
    const several =
      (unusual[node] as number) >= 2 ||
      ((internal[node] as number) >= settings.internal && (known[node] as number) > 1);
    const count = series[node] as number;
    const few = (known[node] as number) > 1 && count <= settings.few;
    const together = several ? (combined[node] as number) / settings.combined : 0;
    const alone = few ? (worst[node] as number) / settings.critical : 0;
    into[node] = Math.max(together, alone, (inbound[node] as number) / settings.edge);
  }
  return into;
}

/** One cycle, to be explained. */
export interface Case {
  graph: Graph;
  book: Book;
  evidence: Evidence;
  /** How suspicious each node is: by the news alone, or where something is told already by all there is. */
  blame: Float64Array;
  /** Where something is told already: there what is no news counts, too. */
  told: Uint8Array;
  settings: OriginSettings;
}

/**
 * What explains a node being unusual, or undefined: then it is an origin. A node that moves its own resources
 * is explained by nothing; but a server by what runs on it and moves its own. Otherwise, in this order: a callee
 * it waits for, the server it runs on; and where those who call it are not slowed, a caller that asks otherwise
 * than usual, a neighbour that moves its own resources. Of several the most suspicious. Pure.
 */
export function explain(node: number, one: Case): Explained | undefined {
  const { graph, evidence, blame, settings } = one;
  const { hosts, runs, callees, callers } = graph;
  const of = (nodes: number[][]) => nodes[node] ?? [];
  const sick = (other: number) => movesOwn(other, one) && (blame[other] as number) >= 1;
  const half = (other: number) => (blame[other] as number) >= settings.half;
  if (node >= graph.services) return most(of(runs).filter(sick), 'tenant', blame);
  if (movesOwn(node, one)) return undefined;
  const waits = of(callees).filter((callee) => half(callee) && isSlow(node, callee, one));
  const found = most(waits, 'callee', blame) ?? most(of(hosts).filter(sick), 'host', blame);
  if (found || (evidence.news.inbound[node] as number) >= settings.edge * settings.half) return found;
  const fails = (evidence.news.outcome[node] as number) >= settings.outcome;
  const near = [...of(callers), ...of(callees)].filter(sick);
  return most(fails ? [] : of(callers).filter(half), 'caller', blame) ?? most(near, 'neighbour', blame);
}

function most(nodes: number[], because: Explained['because'], s: Float64Array): Explained | undefined {
  const by = mostSuspicious(nodes, s);
  return by === undefined ? undefined : { by, because };
}

function strengthOf(node: number, { evidence, told }: Case): Strength {
  return told[node] === 1 ? evidence.now : evidence.news;
}

/** Whether an internal series of a node stands out. */
function movesOwn(node: number, one: Case): boolean {
  return (strengthOf(node, one).internal[node] as number) >= one.settings.internal;
}

/** Whether a caller sees its callee slow: by the edge between them where it is measured, else by the callee's own outcome. */
function isSlow(caller: number, callee: number, one: Case): boolean {
  const { book, told, settings } = one;
  const edges = (book.edges[caller] ?? []).filter(
    (slot) => book.callee[slot] === callee && !Number.isNaN(book.z[slot]),
  );
  if (edges.length === 0) return (strengthOf(callee, one).outcome[callee] as number) >= settings.outcome;
  return edges.some(
    (slot) =>
      (book.z[slot] as number) >= settings.edge * settings.half &&
      (book.old[slot] === 0 || told[callee] === 1),
  );
}

/** Where a chain of explanations ends; a circle ends at its most suspicious node, of equals the first. */
export function originOf(node: number, explained: (Explained | undefined)[], s: Float64Array): number {
  const path = [node];
  for (let at = node; ; ) {
    const next = explained[at]?.by;
    if (next === undefined) return at;
    const again = path.indexOf(next);
    if (again >= 0) return mostSuspicious(path.slice(again), s) ?? at;
    path.push(next);
    at = next;
  }
}

function mostSuspicious(nodes: number[], s: Float64Array): number | undefined {
  return nodes.toSorted((a, b) => (s[b] as number) - (s[a] as number) || a - b)[0];
}
