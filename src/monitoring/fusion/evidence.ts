import { wider } from '../baseline/segments.ts';
import type { About, Graph } from './graph.ts';
import { addCall, numbered } from './graph.ts';

/**
 * What a series tells of its subject. *internal*: its own resources (CPU, memory, disk), which a cause moves
 * and a victim does not; *outcome*: what its callers see (latency, errors), which a slow callee moves too;
 * *load*: what is asked of it (requests, bytes), which its callers move.
 */
export type Role = 'internal' | 'outcome' | 'load';

/** One series, as fusion knows it. With a callee it is an edge: what `subject`, the caller, sees of its calls to `callee`. */
export interface Fused {
  metric: string;
  about: About;
  subject: string;
  role: Role;
  callee?: string;
}

export interface EvidenceSettings {
  /** z from here on is unusual, and from here on critical. */
  watch: number;
  critical: number;
  /** No series counts for more than this many σ in the combined score, nor an edge for more than that many. */
  most: number;
  mostEdge: number;
  /** An excursion older than so many cycles is no news: it names no new cause. */
  fresh: number;
  /** One series is diluted by at most so many others. */
  dilution: number;
}

/** What is known of each node (a service or a server) in one cycle; `now` is all of it, `news` what began lately. */
export interface Evidence {
  now: Strength;
  news: Strength;
  /** Its series, edges apart: those seen in this cycle, and all there are. */
  series: Int32Array;
  known: Int32Array;
  /** σ of the worst of its series that are seldom critical, beside a baseline that is not young; 0 when none is unusual. */
  sure: Float64Array;
  /** How many calls to it were seen in this cycle; and how many series, or calls to it, were unusual when they last answered and do not now. */
  edges: Int32Array;
  dark: Int32Array;
  /** 1 where a series was raised in this cycle, 2 where a critical one was; and 1 where one raised before is not over. */
  raised: Uint8Array;
  open: Uint8Array;
}

export interface Strength {
  /** Combined σ of its series: the root of what their squares exceed chance by, a mean over at most `dilution`. */
  combined: Float64Array;
  /** How many of its series are unusual. */
  unusual: Int32Array;
  /** σ of the worst of its series, of its internal ones and of its outcomes; 0 when that is usual. */
  worst: Float64Array;
  internal: Float64Array;
  outcome: Float64Array;
  /** Mean σ of the calls to it over its callers. */
  inbound: Float64Array;
}

/** All series by slot; grows by doubling. An excursion is young for `fresh` cycles after it began. */
export interface Book {
  fused: Fused[];
  node: Int32Array;
  /** The callee's node; −1 when it is no edge. */
  callee: Int32Array;
  /** The cycle in which the present excursion began, and the last in which it was seen; 0 = none. */
  since: Int32Array;
  seen: Int32Array;
  /** The z of this cycle; NaN when missing. */
  z: Float32Array;
  /** Whether its excursion is no news any more. */
  old: Uint8Array;
  /** Whether it was unusual, or raised, when it last answered; and the cycle in which that was. */
  lit: Uint8Array;
  answered: Int32Array;
  /** By node and kind, as one number: a text each would take more room than all the rest. */
  slots: Map<number, number>;
  kinds: Map<string, number>;
  /** How many series each node has, edges apart. */
  known: Int32Array;
  /** Edge slots by their caller's node. */
  edges: number[][];
  nodes: Map<string, number>;
}

export function openBook({ keys }: Graph): Book {
  return {
    fused: [],
    ...{ node: new Int32Array(64), callee: new Int32Array(64) },
    ...{ since: new Int32Array(64), seen: new Int32Array(64), old: new Uint8Array(64) },
    ...{ lit: new Uint8Array(64), answered: new Int32Array(64) },
    z: new Float32Array(64).fill(Number.NaN),
    ...{
      slots: new Map(),
      kinds: new Map(),
      known: new Int32Array(keys.length),
      edges: keys.map(() => []),
      nodes: numbered(keys),
    },
  };
}

/** The slot of a series, made when it is new; −1 when its subject or callee is not in the inventory, or is a server that runs nothing. */
export function slotIn(book: Book, graph: Graph, series: Fused): number {
  const node = book.nodes.get(`${series.about}:${series.subject}`);
  const callee = series.callee === undefined ? -1 : book.nodes.get(`service:${series.callee}`);
  if (node === undefined || callee === undefined) return -1;
  if (node >= graph.services && graph.runs[node]?.length === 0) return -1;
  const key = node * mostKinds + kindIn(book, callee, series.metric);
  const known = book.slots.get(key);
  if (known !== undefined) return known;
  const slot = book.fused.length;
  book.slots.set(key, slot);
  if (slot === book.node.length) grow(book);
  book.fused.push(series);
  if (callee < 0) book.known[node] = (book.known[node] as number) + 1;
  book.node[slot] = node;
  book.callee[slot] = callee;
  if (callee >= 0) {
    book.edges[node]?.push(slot);
    addCall(graph, node, callee);
  }
  return slot;
}

const mostKinds = 2 ** 24;

/** The number of a metric, of calls to one callee each its own. */
function kindIn({ kinds }: Book, callee: number, metric: string): number {
  const key = `${callee} ${metric}`;
  const known = kinds.get(key);
  if (known !== undefined) return known;
  kinds.set(key, kinds.size);
  return kinds.size - 1;
}

function grow(book: Book): void {
  for (const list of ['node', 'callee', 'since', 'seen', 'answered'] as const) {
    const longer = new Int32Array(2 * book[list].length);
    longer.set(book[list]);
    book[list] = longer;
  }
  book.old = new Uint8Array(book.node.length);
  book.lit = wider(book.lit, book.node.length);
  const z = new Float32Array(2 * book.z.length).fill(Number.NaN);
  z.set(book.z);
  book.z = z;
}

export function openEvidence({ keys }: Graph, { known }: Book): Evidence {
  const floats = () => new Float64Array(keys.length);
  const strength = () => ({
    combined: floats(),
    unusual: new Int32Array(keys.length),
    ...{ worst: floats(), internal: floats(), outcome: floats() },
    inbound: floats(),
  });
  return {
    ...{ now: strength(), news: strength() },
    ...{ series: new Int32Array(keys.length), known },
    ...{ edges: new Int32Array(keys.length), dark: new Int32Array(keys.length) },
    sure: floats(),
    ...{ raised: new Uint8Array(keys.length), open: new Uint8Array(keys.length) },
  };
}
