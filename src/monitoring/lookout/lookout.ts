// The lookout: all kinds of findings of a cycle besides what fusion has open.
// Not what becomes of them: raising and ending are the cycle's.
import type { Inventory } from '../../inventory/inventory.ts';
import type { Db } from '../../postgres/database.ts';
import type { Cycle } from '../../systems/prometheus/source.ts';
import { type Finding, foundBefore } from '../finding.ts';
import type { Metric } from '../metric.ts';
import type { Seen, Sight } from '../sight.ts';
import type { Signal, SignalKind } from '../signal.ts';
import { atOnce } from '../steps.ts';
import { openBlindness } from './blind.ts';
import { openCatalog } from './catalog.ts';
import { openForecasts } from './forecasts.ts';
import { keepRelations, recallSignatures } from './keep.ts';
import { openMoments } from './moment.ts';
import type { Signatures } from './precursor.ts';
import { openPrecursors } from './precursors.ts';
import { openPresence } from './presence.ts';
import { openRelations } from './relations.ts';
import type { Sample } from './sample.ts';
import type { Kept } from './together.ts';
import { unseenIn } from './unseen.ts';
import { openVanished } from './vanished.ts';
import type { View } from './view.ts';

export interface Lookout {
  /** What is found in one cycle, of every kind but anomalies, at unix seconds `at`. Call it in order, at once after the sight saw the same. */
  see(at: number, read: Cycle, seen: Seen): Finding[];
  /** The same in steps of some milliseconds each. */
  seeing(at: number, read: Cycle, seen: Seen): Generator<void, Finding[]>;
  /** The past of a series with a limit, oldest first: two hours by the minute, a week by the hour. */
  put(slot: number, at: number, value: number): void;
  /** What goes before failures, to be watched for from now on. */
  watchFor(signatures: Signatures): void;
  /** Keeps what was learnt since it was last called, and takes up signatures that were. Call it now and then. */
  keep(db: Db): Promise<void>;
}

export interface Given {
  sight: Pick<Sight, 'detector'>;
  metrics: Metric[];
  inventory: Inventory;
  cycleMs: number;
  /** What was open before a restart, of whatever kind. */
  before?: Signal[];
  /** How metrics move together: kept models, by subject, and what the history showed. */
  relations?: ReadonlyMap<string, Kept>;
  sample?: Sample;
}

/** A lookout over a sight. Series of which history is known are taken to have answered steadily until now. */
export function openLookout({
  sight,
  metrics,
  inventory,
  cycleMs,
  before = [],
  relations,
  sample,
}: Given): Lookout {
  const { detector } = sight;
  const usual = (slot: number, at: number) => {
    const { mean, deviation } = detector.weigh(at, Int32Array.of(slot), Float64Array.of(Number.NaN));
    return { mean: mean[0] as number, deviation: deviation[0] as number };
  };
  const catalog = openCatalog(detector.book, metrics, inventory);
  catalog.refresh();
  const of = (kind: SignalKind) => before.filter((one) => one.kind === kind).map(foundBefore);
  const presence = openPresence();
  for (const slot of lately(detector.book.state, catalog.slotsOf)) presence.presume(slot);
  const momentOf = openMoments(detector.book);
  const blindness = openBlindness(catalog, inventory, of('blind'));
  const vanished = openVanished(catalog, usual, of('vanished'));
  const forecasts = openForecasts(catalog, usual, of('forecast'));
  const precursors = openPrecursors(catalog, usual, cycleMs, of('precursor'));
  const together = openRelations(catalog, usual, {
    ...{ kept: relations ?? new Map(), sample, before: of('relation') },
  });
  let cycle = 0;
  let signaturesAt = 0;

  function* seeing(at: number, read: Cycle, seen: Seen): Generator<void, Finding[]> {
    cycle += 1;
    yield* catalog.refreshing();
    const moment = momentOf(at, read, seen);
    yield;
    const unseen = unseenIn(moment, catalog, presence, read.unread);
    const { metricOf } = catalog;
    presence.note(moment.value, metricOf.length, (slot) => unseen.unread[metricOf[slot] as number] !== 1);
    yield;
    const view: View = { moment, cycle, presence, unseen, missing: read.missing, compounds: seen.open };
    const unseeable = [...blindness(view), ...vanished(view)];
    yield;
    const related = yield* together.seeing(view);
    const foreseen = forecasts.see(view);
    yield;
    return [...unseeable, ...related, ...foreseen, ...precursors.see(view)];
  }

  return {
    put: forecasts.put,
    watchFor: precursors.set,
    see: (at, read, seen) => atOnce(seeing(at, read, seen)),
    seeing,
    keep: async (db) => {
      await keepRelations(db, together.fitted());
      const learnt = await recallSignatures(db, metrics);
      if (!learnt || learnt.at === signaturesAt) return;
      signaturesAt = learnt.at;
      precursors.set(learnt.signatures);
    },
  };
}

/** A series is still there when it was measured this short a time, in seconds, before the latest of its metric. */
const late = 900;
const fewest = 60;

/** Of each metric the series that were there to its end. */
function lately({ at, count }: { at: Float64Array; count: Uint16Array }, slotsOf: number[][]): number[] {
  return slotsOf.flatMap((slots) => {
    const newest = slots.reduce((most, slot) => Math.max(most, at[slot] as number), 0);
    return slots.filter((slot) => (at[slot] as number) >= newest - late && (count[slot] as number) >= fewest);
  });
}
