// Fusion: what is unusual on servers, services and the calls between them, told as one signal for each cause.
import type { Inventory } from '../../inventory/inventory.ts';
import { atOnce } from '../steps.ts';
import { attribute } from './attribute.ts';
import { type Compound, compound, placesByNode } from './compound.ts';
import { type EvidenceSettings, type Fused, openBook, openEvidence, slotIn } from './evidence.ts';
import { gather } from './gather.ts';
import { type Graph, graphOf, numbered } from './graph.ts';
import {
  closeDone,
  isOpen,
  isSure,
  type Lasting,
  type LastingSettings,
  noteSure,
  openDue,
  openLasting,
  surprises,
} from './lasting.ts';
import { type OriginSettings, suspicion } from './origin.ts';

export type FuseSettings = EvidenceSettings & OriginSettings & LastingSettings;

/** As shipped. Each stands in the middle of a plateau: a quarter more or less changes little of what is found. */
export const fuseSettings: FuseSettings = {
  ...{ watch: 2.8, critical: 4, most: 10, mostEdge: 30, fresh: 10, dilution: 9 },
  ...{ combined: 2.6, edge: 12, internal: 4, outcome: 4, half: 0.5, few: 4 },
  ...{ hold: 2, stay: 0.75, again: 3, alone: 30 },
};

export interface Told {
  /** Open now, the most severe first. */
  open: Compound[];
  /** Open in the cycle before and no longer; `into` is the key of the one it turned out to be part of. */
  recovered: { key: string; into: string | null }[];
}

/** An episode as it is kept over a restart. */
export interface Episode {
  key: string;
  /** Unix seconds. */
  openedAt: number;
}

/** What the detector says of a cycle's series, each at the place of its slot. */
export interface Readings {
  value: Float64Array;
  /** In the direction that is bad; NaN = missing. */
  z: Float32Array;
  mean: Float64Array;
  deviation: Float64Array;
  learning: Uint8Array;
  /** Whether it is seldom critical; was raised in this cycle; was raised and is not over. */
  seldom: Uint8Array;
  raised: Uint8Array;
  open: Uint8Array;
}

export interface Fusion {
  /** The slot of a series, made when it is new; −1 when it is about nothing in the inventory, and then it is not fused. */
  slotOf(series: Fused): number;
  /** One cycle at unix seconds `at`, in O(series). Call it once a cycle, in order. */
  fuse(at: number, slots: Int32Array, readings: Readings): Told;
  /**
   * The same in steps of some milliseconds each. With `only`, keys such as `server:db-01`, it is a look between two
   * cycles: nothing else is opened, closed or counted, and the others' readings are those of the cycle before.
   */
  fusing(
    at: number,
    slots: Int32Array,
    readings: Readings,
    only?: ReadonlySet<string>,
  ): Generator<void, Told>;
  /** What is open, for `openFusion` after a restart. */
  episodes(): Episode[];
}

/** Fusion over an inventory, with the episodes that were open before. The same cycles give the same compounds. */
export function openFusion(
  inventory: Inventory,
  settings: FuseSettings = fuseSettings,
  before: Episode[] = [],
): Fusion {
  const graph = graphOf(inventory);
  const book = openBook(graph);
  const evidence = openEvidence(graph, book);
  const lasting = lastingOf(graph, before);
  const [now, news] = [new Float64Array(graph.keys.length), new Float64Array(graph.keys.length)];
  const told = new Uint8Array(graph.keys.length);
  let unusual = new Int32Array(64);
  let cycle = 0;

  function* fusing(
    at: number,
    slots: Int32Array,
    readings: Readings,
    only?: ReadonlySet<string>,
  ): Generator<void, Told> {
    // Between two cycles what is young stays so: news are counted in whole cycles.
    if (!only) cycle += 1;
    const looked = only && Uint8Array.from(graph.keys, (key) => (only.has(key) ? 1 : 0));
    if (unusual.length < slots.length) unusual = new Int32Array(slots.length);
    const found = gather(book, evidence, cycle, { ...readings, slots, unusual }, settings);
    yield;
    noteSure(lasting, evidence, settings.critical, looked);
    suspicion(evidence.now, evidence, settings, now);
    suspicion(evidence.news, evidence, settings, news);
    for (const node of told.keys()) told[node] = isOpen(lasting, node) ? 1 : 0;
    const blame = news.map((by, node) => (told[node] === 1 ? (now[node] as number) : by));
    const asked = [...news.keys()].filter(
      (node) =>
        (news[node] as number) >= 1 ||
        told[node] === 1 ||
        isSure(lasting, node) ||
        surprises(lasting, evidence, node, settings.critical),
    );
    yield;
    const attributed = attribute(asked, { graph, book, evidence, blame, told, settings });
    const judged = {
      cycle,
      at,
      now,
      news,
      looked,
      worst: evidence.now.worst,
      critical: settings.critical,
      evidence,
    };
    openDue(lasting, attributed, judged, settings);
    const done = closeDone(lasting, attributed, judged, settings);
    const by = placesByNode(unusual.subarray(0, found), slots, book);
    const seen = { graph, book, evidence, attributed, now, slots, readings, unusual: by, settings };
    const open: Compound[] = [];
    for (const [node, { openedAt }] of lasting.kept) {
      if (!isOpen(lasting, node)) continue;
      open.push(compound(node, openedAt, seen));
      if (open.length % toldAtOnce === 0) yield;
    }
    return {
      open: open.sort(bySeverity),
      recovered: done.map(({ node, into }) => ({
        key: graph.keys[node] as string,
        into: into === undefined ? null : (graph.keys[into] as string),
      })),
    };
  }

  return {
    slotOf: (series) => slotIn(book, graph, series),
    fuse: (at, slots, readings) => atOnce(fusing(at, slots, readings)),
    fusing,
    episodes: () => episodesOf(lasting, graph),
  };
}

/** So many are put into words within a step. */
const toldAtOnce = 100;

function bySeverity(a: Compound, b: Compound): number {
  return b.score - a.score || (a.key < b.key ? -1 : 1);
}

function lastingOf({ keys }: Graph, before: Episode[]): Lasting {
  const lasting = openLasting(keys.length);
  const nodes = numbered(keys);
  for (const { key, openedAt } of before) {
    const node = nodes.get(key);
    if (node !== undefined)
      lasting.kept.set(node, {
        openedAt,
        openedIn: Number.NEGATIVE_INFINITY,
        recoveredIn: 0,
        surprised: true,
      });
  }
  return lasting;
}

function episodesOf(lasting: Lasting, { keys }: Graph): Episode[] {
  return [...lasting.kept].flatMap(([node, { openedAt }]) =>
    isOpen(lasting, node) ? [{ key: keys[node] as string, openedAt }] : [],
  );
}
