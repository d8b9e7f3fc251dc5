import type { Book, Evidence, EvidenceSettings, Role, Strength } from './evidence.ts';

/** An excursion goes on when its series was usual for no longer than so many cycles. */
const lull = 2;

interface Given {
  slots: Int32Array;
  z: Float32Array;
  learning: Uint8Array;
  seldom: Uint8Array;
  raised: Uint8Array;
  open: Uint8Array;
  unusual: Int32Array;
}

/**
 * One cycle's z by slot (NaN = missing, slot −1 = passed over), summed up by node into `evidence`, which is
 * emptied before. Remembers in `book` since when each series is unusual. `unusual` takes the places in `slots`
 * with z at or beyond *watch*; returns how many. One pass, O(series); only `book`, `evidence` and `unusual` are written.
 */
export function gather(
  book: Book,
  evidence: Evidence,
  cycle: number,
  { slots, unusual, ...given }: Given,
  settings: EvidenceSettings,
): number {
  empty(evidence);
  const { now, news, series, edges, sure, raised, open } = evidence;
  const { z, learning, seldom } = given;
  const { node, callee, since, seen, fused, old, lit, answered } = book;
  book.z.fill(Number.NaN);
  let found = 0;
  for (let nth = 0; nth < slots.length; nth += 1) {
    const slot = slots[nth] as number;
    const at = z[nth] as number;
    if (slot < 0 || Number.isNaN(at)) continue;
    const out = at >= settings.watch;
    const surprises = given.raised[nth] === 1 || given.open[nth] === 1;
    if (out || surprises) {
      unusual[found] = nth;
      found += 1;
    }
    if (out) {
      if (since[slot] === 0 || cycle - (seen[slot] as number) > lull) since[slot] = cycle;
      seen[slot] = cycle;
    }
    book.z[slot] = at;
    lit[slot] = out || surprises ? 1 : 0;
    answered[slot] = cycle;
    old[slot] = out && cycle - (since[slot] as number) >= settings.fresh ? 1 : 0;
    const to = callee[slot] as number;
    const of = to >= 0 ? to : (node[slot] as number);
    const count = to >= 0 ? edges : series;
    count[of] = (count[of] as number) + 1;
    const counted = Math.max(0, Math.min(to >= 0 ? settings.mostEdge : settings.most, at));
    const role = to >= 0 || !out ? undefined : fused[slot]?.role;
    note(now, of, to >= 0, counted, at, role);
    if (old[slot] === 0) note(news, of, to >= 0, counted, at, role);
    if (to >= 0) continue;
    if (role !== undefined && learning[nth] === 0 && seldom[nth] === 1)
      sure[of] = Math.max(sure[of] as number, at);
    if (given.open[nth] === 1) open[of] = 1;
    if (given.raised[nth] === 1)
      raised[of] = Math.max(raised[of] as number, at >= settings.critical && learning[nth] === 0 ? 2 : 1);
  }
  darken(book, evidence, cycle);
  for (const strength of [now, news]) combine(strength, series, edges, settings.dilution);
  return found;
}

/** A series missing for so many cycles, a week of minutes, was taken away. */
const forgottenAfter = 10_080;

/** Counts what was unusual when it last answered and does not answer now: of that nobody knows that it is over. */
function darken({ fused, node, callee, lit, answered }: Book, { dark }: Evidence, cycle: number): void {
  for (let slot = 0; slot < fused.length; slot += 1) {
    const gone = cycle - (answered[slot] as number);
    if (lit[slot] === 0 || gone === 0 || gone > forgottenAfter) continue;
    const of = (callee[slot] as number) >= 0 ? (callee[slot] as number) : (node[slot] as number);
    dark[of] = (dark[of] as number) + 1;
  }
}

/** Adds one series to its node, with a role when it is unusual. */
function note(
  { combined, unusual, worst, internal, outcome, inbound }: Strength,
  of: number,
  edge: boolean,
  counted: number,
  at: number,
  role: Role | undefined,
): void {
  if (edge) {
    inbound[of] = (inbound[of] as number) + counted;
    return;
  }
  combined[of] = (combined[of] as number) + Math.max(0, counted * counted - 1);
  if (role === undefined) return;
  unusual[of] = (unusual[of] as number) + 1;
  worst[of] = Math.max(worst[of] as number, at);
  if (role === 'internal') internal[of] = Math.max(internal[of] as number, at);
  if (role === 'outcome') outcome[of] = Math.max(outcome[of] as number, at);
}

function empty({ now, news, series, edges, dark, sure, raised, open }: Evidence): void {
  for (const strength of [now, news]) for (const one of Object.values(strength)) one.fill(0);
  for (const one of [series, edges, dark, sure, raised, open]) one.fill(0);
}

/** From sums to a root mean square beyond chance and a mean over callers. */
function combine({ combined, inbound }: Strength, series: Int32Array, edges: Int32Array, dilution: number) {
  for (let node = 0; node < combined.length; node += 1) {
    const among = Math.max(1, Math.min(dilution, series[node] as number));
    combined[node] = Math.sqrt((combined[node] as number) / among);
    inbound[node] = (inbound[node] as number) / Math.max(1, edges[node] as number);
  }
}
