// What a diagnosis saw, kept whole so that it can be made again without asking any system.
import { type Inventory, server } from '../inventory/inventory.ts';
import { signalsOf } from '../monitoring/read.ts';
import type { Signal } from '../monitoring/signal.ts';
import type { Tx } from '../postgres/database.ts';
import type { Gathered } from './evidence/gathered.ts';
import type { Direction, Hypothesis, Incident } from './incident.ts';
import type { Responder } from './responder.ts';
import { insertEvidence } from './store.ts';

/** All that a diagnosis is made from, and what it came to. */
export interface Frozen {
  at: Date;
  gathered: Gathered;
  signals: Signal[];
  direction: Direction | null;
  /** The services and servers that were looked at, as the inventory had them. */
  inventory: Inventory;
  hypotheses: Hypothesis[];
  plan: string;
}

/** Nothing gathered: what a field is that was not known yet when an incident was frozen. */
const nothing: Gathered = {
  ...{ services: [], onset: new Date(0), readings: [], past: [], errors: [], deployments: [], changes: [] },
  ...{ troubles: [], calls: [], symptom: undefined, elsewhere: [], placed: [], evidence: [] },
};

/** Characters of JSON: what is more is cut, and said. */
const most = 4_000_000;

/** Stores what this diagnosis saw, in its own transaction. Safe to call twice: what was stored first stays. */
export async function freeze(
  { inventory, now }: Responder,
  tx: Tx,
  { id, attempt, direction }: Incident,
  seen: Pick<Frozen, 'gathered' | 'hypotheses' | 'plan'>,
): Promise<void> {
  const { gathered, cut } = bounded(seen.gathered, most);
  const signals = await signalsOf(tx, id);
  const frozen: Frozen = {
    ...{ ...seen, gathered, at: now(), signals, direction },
    inventory: lookedAt(inventory, gathered),
  };
  await insertEvidence(tx, { incident: id, attempt, at: frozen.at, frozen: encode(frozen), cut });
}

function lookedAt(inventory: Inventory, { services, placed }: Gathered): Inventory {
  const servers = placed.flatMap((one) => server(inventory, one.server) ?? []);
  const there = new Set([...services, ...servers.flatMap((one) => one.services)]);
  return { servers, services: inventory.services.filter(({ id }) => there.has(id)) };
}

/** Cut in this order, the largest first: each loses its last half until all fits. */
const cuttable = ['past', 'errors', 'readings', 'troubles', 'changes', 'deployments', 'evidence'] as const;
const called: Record<(typeof cuttable)[number], string> = {
  past: 'series of recent metrics',
  errors: 'error lines',
  readings: 'metrics',
  troubles: 'operations in traces',
  changes: 'changes',
  deployments: 'deployments',
  evidence: 'findings',
};

/** What fits into so many characters of JSON, and a sentence for everything that was cut. Pure. */
export function bounded(gathered: Gathered, limit: number): { gathered: Gathered; cut: string[] } {
  const kept = { ...gathered };
  const cut = cuttable.flatMap((field) => {
    const all = gathered[field];
    for (let count = all.length; count > 0 && sizeOf(kept) > limit; count = kept[field].length)
      Object.assign(kept, { [field]: all.slice(0, Math.floor(count / 2)) });
    return kept[field].length < all.length
      ? [`Of ${all.length} ${called[field]} the first ${kept[field].length} are kept.`]
      : [];
  });
  return { gathered: kept, cut };
}

function sizeOf(gathered: Gathered): number {
  return JSON.stringify(encode(gathered)).length;
}

/** Values as JSON holds them: a time becomes `{"$time": …}`, a number that is none `{"$number": "NaN"}`. Pure. */
export function encode(value: unknown): unknown {
  if (value instanceof Date) return { $time: value.toISOString() };
  if (typeof value === 'number') return Number.isFinite(value) ? value : { $number: String(value) };
  if (Array.isArray(value)) return value.map(encode);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, encode(one)]));
}

/** The same back. Pure. */
export function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value !== 'object' || value === null) return value;
  const { $time, $number } = value as { $time?: string; $number?: string };
  if (typeof $time === 'string') return new Date($time);
  if (typeof $number === 'string') return Number($number);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, decode(one)]));
}

/** What was frozen, with what today's rules know and was not gathered then as nothing. Pure. */
export function thaw(stored: unknown): Frozen {
  const frozen = decode(stored) as Frozen;
  return { ...frozen, gathered: { ...nothing, ...frozen.gathered } };
}
