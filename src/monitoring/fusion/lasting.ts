import type { Attributed } from './attribute.ts';
import type { Evidence } from './evidence.ts';

export interface LastingSettings {
  /** Cycles in a row for which an origin must be suspicious before it is told. */
  hold: number;
  /** What is told stays open while its suspicion is at least this share of the bar. */
  stay: number;
  /** Coming back within so many cycles, it is the same episode. */
  again: number;
  /** One critical series alone with a young baseline is told after so many cycles in a row. */
  alone: number;
  /** So many cycles after it was opened it can no longer turn out to be part of another. */
  fresh: number;
}

/** What is or was open at one node. */
interface Kept {
  openedAt: number;
  /** The cycle it was opened in; before the first when it was open before a restart. */
  openedIn: number;
  /** The cycle it recovered in; 0 while it is open. */
  recoveredIn: number;
  /** It was opened by a surprise: it lasts as long as that. */
  surprised: boolean;
}

/** How long what lasts, by node. */
export interface Lasting {
  kept: Map<number, Kept>;
  /** For how many cycles in a row it was an origin, and had a critical series alone. */
  held: Int32Array;
  alone: Int32Array;
  /** By node, a bit for each of the last eight cycles in which a series with a sure baseline was critical. */
  sure: Uint8Array;
  /** For how many cycles more a critical series that was raised may be borne out. */
  pending: Uint8Array;
}

/** One cycle as it is judged: how suspicious each node is by all there is and by the news alone. */
export interface Judged {
  cycle: number;
  /** Unix seconds. */
  at: number;
  now: Float64Array;
  news: Float64Array;
  /** σ of the worst series of each node, and from where on that is critical. */
  worst: Float64Array;
  critical: number;
  evidence: Evidence;
  /** 1 for each node that is looked at; undefined: all are. The others stay as they are. */
  looked: Uint8Array | undefined;
}

export function openLasting(size: number): Lasting {
  return {
    kept: new Map(),
    held: new Int32Array(size),
    alone: new Int32Array(size),
    sure: new Uint8Array(size),
    pending: new Uint8Array(size),
  };
}

export function isOpen({ kept }: Lasting, node: number): boolean {
  return kept.get(node)?.recoveredIn === 0;
}

/**
 * A series was raised here that is all there is to go by, so that nothing else could bear it out; or a critical one in
 * the last three cycles, and something is critical again.
 */
export function surprises(
  { pending }: Lasting,
  { raised, known, now }: Evidence,
  node: number,
  critical: number,
): boolean {
  if (known[node] === 1) return (raised[node] as number) > 0;
  return (pending[node] as number) > 0 && (now.worst[node] as number) >= critical;
}

/** Remembers of each node whether a series of it is critical beside a baseline that is not young. Writes `lasting`. */
export function noteSure(
  { sure: bits }: Lasting,
  { sure, known }: Evidence,
  critical: number,
  looked?: Uint8Array,
): void {
  for (let node = 0; node < bits.length; node += 1) {
    if (looked?.[node] === 0) continue;
    const now = (sure[node] as number) >= critical && known[node] !== 1 ? 1 : 0;
    bits[node] = (((bits[node] as number) << 1) | now) & 0xff;
  }
}

/** Opens what was an origin, or critical alone, for long enough. Writes `lasting`. */
export function openDue(
  lasting: Lasting,
  { groups, originOf }: Attributed,
  { cycle, at, now, news, worst, critical, evidence, looked }: Judged,
  settings: LastingSettings,
): void {
  const { kept, held, alone } = lasting;
  for (let node = 0; node < now.length; node += 1) {
    if (looked?.[node] === 0) continue;
    const single = evidence.known[node] === 1;
    const lone = (worst[node] as number) >= critical && (now[node] as number) < 1 && !single;
    alone[node] = lone ? (alone[node] as number) + 1 : 0;
    held[node] = isStrong(groups.get(node), news) ? (held[node] as number) + 1 : 0;
    const due =
      (held[node] as number) >= settings.hold ||
      (alone[node] as number) >= settings.alone ||
      ((isSure(lasting, node) || surprises(lasting, evidence, node, critical)) && originOf(node) === node);
    if (!due || isOpen(lasting, node)) continue;
    const last = kept.get(node);
    const same = last && cycle - last.recoveredIn <= settings.again;
    const surprised = surprises(lasting, evidence, node, critical);
    kept.set(node, { openedAt: same ? last.openedAt : at, openedIn: cycle, recoveredIn: 0, surprised });
  }
}

/** Closes what has recovered or turned out to be part of another; answers with each and the open one it is part of. Writes `lasting`. */
export function closeDone(
  lasting: Lasting,
  { groups, originOf }: Attributed,
  { cycle, now, news, evidence, looked }: Judged,
  settings: LastingSettings,
): { node: number; into: number | undefined }[] {
  const done: { node: number; into: number | undefined }[] = [];
  for (const [node, one] of lasting.kept) {
    if (looked?.[node] === 0) continue;
    if (one.recoveredIn > 0) {
      if (cycle - one.recoveredIn > settings.again) lasting.kept.delete(node);
      continue;
    }
    const origin = originOf(node);
    const alone = (lasting.alone[node] as number) >= settings.alone || lasting.sure[node] !== 0;
    const stays =
      isUnseen(evidence, node) ||
      (now[node] as number) >= settings.stay ||
      alone ||
      (one.surprised && evidence.open[node] === 1 && evidence.known[node] === 1) ||
      isStrong(groups.get(node), news);
    const part = origin !== node && cycle - one.openedIn < settings.fresh;
    if (stays && !part) continue;
    one.recoveredIn = cycle;
    done.push({ node, into: origin !== node && isOpen(lasting, origin) ? origin : undefined });
  }
  for (let node = 0; node < now.length; node += 1) {
    if (looked?.[node] === 0) continue;
    const left = Math.max(0, (lasting.pending[node] as number) - 1);
    lasting.pending[node] = evidence.raised[node] === 2 ? 3 : left;
  }
  return done;
}

/** Nothing of it answers, or what was unusual does not: nobody knows that it is over. */
function isUnseen({ series, edges, dark }: Evidence, node: number): boolean {
  return (dark[node] as number) > 0 || (series[node] as number) + (edges[node] as number) === 0;
}

/** Critical in two of the last four cycles beside a baseline that is not young. */
export function isSure({ sure }: Lasting, node: number): boolean {
  const bits = (sure[node] as number) & 0b1111;
  return (bits & (bits - 1)) !== 0;
}

function isStrong(group: number[] | undefined, news: Float64Array): boolean {
  return group?.some((node) => (news[node] as number) >= 1) ?? false;
}
